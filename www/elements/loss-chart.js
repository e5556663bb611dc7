// The loss of every training step: raw as a thin line, smoothed as a thick one, and now and then that of the moving average
// of the weights.

import { three } from '../format.js';
import { strings } from '../language.js';
import { run } from '../run.js';
import { LOGARITHMIC, PlotElement } from './plot.js';

export class DiffusionLossChart extends PlotElement {
  static properties = { logarithmic: { type: Boolean } };

  constructor() {
    super();
    this.logarithmic = false;
  }

  /** @returns {import('../store.js').Store & Pick<typeof run, 'steps' | 'losses' | 'smoothed' | 'step'> & { emaLosses?: (number | null)[] }} */
  get store() {
    return run;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('logarithmic')) this.draw();
  }

  /** @returns {import('uplot').AlignedData} */
  data() {
    const { steps, losses, smoothed, emaLosses = [] } = this.store;
    return [steps, losses, smoothed, emaLosses];
  }

  /** @returns {import('./plot.js').PlotOptions} */
  options() {
    return {
      scales: {
        x: { time: false, range: (_plot, _min, max) => [0, Math.max(50, max ?? 0)] },
        y: this.logarithmic ? LOGARITHMIC : { range: (_plot, _min, max) => [0, max || 1] },
      },
      axes: [this.axis(strings.train.axis), this.axis()],
      series: [
        {},
        { label: strings.train.loss, stroke: this.ink('--muted'), width: 1, points: { show: false } },
        { label: strings.train.smoothed, stroke: this.ink('--model'), width: 3, points: { show: false } },
        {
          label: strings.train.ema,
          stroke: this.ink('--ink'),
          width: 1.5,
          dash: [5, 4],
          spanGaps: true,
          points: { show: true, size: 6, fill: this.ink('--ink') },
        },
      ],
    };
  }

  words() {
    const { smoothed, losses, step } = this.store;
    const last = smoothed.at(-1);
    if (last === undefined) return strings.train.chartEmpty;
    const ema = this.store.emaLosses?.findLast((loss) => loss !== null);
    const words = strings.train.chart(step, three(losses[0]), three(last));
    return ema === undefined || ema === null ? words : `${words} ${strings.train.chartEma(three(ema))}`;
  }
}

customElements.define('diffusion-loss-chart', DiffusionLossChart);
