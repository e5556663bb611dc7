// Both contenders in one chart, told apart by colour and dash: their losses, or their errors measured alike.

import { html, svg } from 'lit';
import uPlot from 'uplot';
import { three } from '../format.js';
import { strings } from '../language.js';
import { NAMES, race } from '../race.js';
import { LOGARITHMIC, PlotElement } from './plot.js';

/** @typedef {typeof race.contenders[number]} Contender */

const LINES = [
  { ink: '--model', dash: [] },
  { ink: '--ink', dash: [7, 4] },
];

/** The line that stands for a contender. @param {number} index */
export const lineOf = (index) => html`<svg class="line" aria-hidden="true">
  ${svg`<line x2="30" y1="5" y2="5" stroke-dasharray=${LINES[index].dash.join(' ')} style="stroke: var(${LINES[index].ink})" />`}
</svg>`;

export class DiffusionRaceChart extends PlotElement {
  static properties = { kind: { type: String }, pace: { type: String } };

  constructor() {
    super();
    /** @type {'loss' | 'error'} */
    this.kind = 'loss';
    /** What goes to the right. @type {'steps' | 'seconds'} */
    this.pace = 'steps';
  }

  get store() {
    return race;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('pace')) this.draw();
  }

  /** @returns {import('uplot').AlignedData} */
  data() {
    const lines = race.contenders.map((contender) => this.#line(contender));
    return uPlot.join(lines.map(([x, y]) => [x, y]));
  }

  /** @returns {import('./plot.js').PlotOptions} */
  options() {
    const isError = this.kind === 'error';
    return {
      scales: {
        x: {
          time: false,
          range: (_plot, _min, max) => [0, Math.max(this.pace === 'steps' ? 50 : 5, max ?? 0)],
        },
        y: isError ? LOGARITHMIC : { range: (_plot, _min, max) => [0, max || 1] },
      },
      axes: [
        this.axis(this.pace === 'steps' ? strings.race.axisSteps : strings.race.axisSeconds),
        this.axis(),
      ],
      series: [
        {},
        ...LINES.map(({ ink, dash }, index) => ({
          label: NAMES[index],
          stroke: this.ink(ink),
          width: 2.5,
          dash,
          spanGaps: true,
          points: { show: isError, size: 7, stroke: this.ink(ink), fill: this.ink('--paper') },
        })),
      ],
    };
  }

  words() {
    const what = this.kind === 'loss' ? strings.race.loss : strings.race.errorChart;
    const last = race.contenders.map((contender) => this.#line(contender)[1].at(-1));
    if (last.every((value) => value === undefined)) return strings.race.chartEmpty(what);
    const parts = last.map((value, index) => (value === undefined ? '' : `${NAMES[index]} ${three(value)}`));
    return strings.race.chart(what, strings.format.list(parts.filter(Boolean)));
  }

  /** @param {Contender} contender @returns {[number[], number[]]} */
  #line({ steps, seconds, smoothed, looks }) {
    const bySteps = this.pace === 'steps';
    if (this.kind === 'loss') return [bySteps ? steps : seconds, smoothed];
    return [looks.map((look) => (bySteps ? look.step : look.seconds)), looks.map(({ error }) => error)];
  }
}

customElements.define('diffusion-race-chart', DiffusionRaceChart);
