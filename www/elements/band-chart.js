// The loss of every training step, apart by how noisy the examples were.

import { html, svg } from 'lit';
import { TIMESTEPS } from '../configs.js';
import { fixed, three } from '../format.js';
import { strings } from '../language.js';
import { run } from '../run.js';
import { LOGARITHMIC, PlotElement } from './plot.js';

/** As many as a report of the module has. */
const BANDS = 5;
/** Told apart without colour, too. */
const DASHES = [[], [10, 4], [6, 4], [3, 4], [10, 3, 2, 3]];

export class DiffusionBandChart extends PlotElement {
  static properties = { raw: { type: Boolean } };

  constructor() {
    super();
    this.raw = false;
  }

  get store() {
    return run;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('raw')) this.draw();
  }

  /** @returns {import('uplot').AlignedData} */
  data() {
    const bands = Array.from({ length: BANDS }, (_, band) => run.bands[band]);
    return [run.steps, ...bands.map((band) => (this.raw ? band?.raw : band?.smoothed) ?? [])];
  }

  /** @returns {import('./plot.js').PlotOptions} */
  options() {
    const [data, noise] = [this.ink('--data'), this.ink('--noise')];
    return {
      scales: {
        x: { time: false, range: (_plot, _min, max) => [0, Math.max(50, max ?? 0)] },
        y: LOGARITHMIC,
      },
      axes: [this.axis(strings.train.axis), this.axis()],
      series: [
        {},
        ...DASHES.map((dash, band) => ({
          label: bandName(band),
          stroke: () => `color-mix(in oklab, ${data()}, ${noise()} ${noisiness(band)}%)`,
          width: 2,
          dash,
          spanGaps: true,
          points: { show: false },
        })),
      ],
    };
  }

  words() {
    const last = run.bands.map(({ smoothed }, band) =>
      strings.train.bandLoss(three(smoothed.at(-1)), bandName(band)),
    );
    if (!last.length) return strings.train.bandsEmpty;
    return strings.train.bandsChart(run.step, strings.format.list(last));
  }
}

/** @param {import('../run.js').Band[]} bands */
export const bandLegend = (bands) => html`<ul class="bands">
  ${DASHES.map(
    (
      dash,
      band,
    ) => html`<li style="--band: color-mix(in oklab, var(--data), var(--noise) ${noisiness(band)}%)">
      <svg aria-hidden="true">${svg`<line x2="30" y1="4" y2="4" stroke-dasharray=${dash.join(' ')} />`}</svg>
      t = ${bandName(band)}: ${lastOf(bands[band])}
    </li>`,
  )}
</ul>`;

/** @param {import('../run.js').Band | undefined} band */
function lastOf(band) {
  const loss = band?.smoothed.at(-1);
  return loss === undefined || loss === null ? '–' : fixed(loss, 4);
}

/** @param {number} band */
const bandName = (band) =>
  strings.train.band((band * TIMESTEPS) / BANDS + 1, ((band + 1) * TIMESTEPS) / BANDS);

/** How much of the noise's colour a band has. @param {number} band */
const noisiness = (band) => (100 * band) / (BANDS - 1);

customElements.define('diffusion-band-chart', DiffusionBandChart);
