// The terms of the variational bound over t, or L_simple over t.

import { TIMESTEPS } from '../configs.js';
import { superscript, three } from '../format.js';
import { strings } from '../language.js';
import { objective } from '../objective.js';
import { PlotElement } from './plot.js';

export class DiffusionTermChart extends PlotElement {
  static properties = { kind: { type: String } };

  constructor() {
    super();
    /** @type {'bits' | 'lSimple'} */
    this.kind = 'bits';
  }

  get store() {
    return objective;
  }

  /** The two ends of the bound are points of their own: L_0 at t = 1, L_T at t = T. @returns {import('uplot').AlignedData} */
  data() {
    const { terms, prior, reconstruction } = objective;
    const timesteps = terms.map(({ t }) => t + 1);
    if (this.kind === 'lSimple') return [timesteps, terms.map(({ lSimple }) => lSimple)];
    const has = (/** @type {number} */ t) => timesteps.includes(t);
    const x = [...(has(1) ? [] : [1]), ...timesteps, ...(has(TIMESTEPS) ? [] : [TIMESTEPS])];
    const bits = new Map(terms.map((term) => [term.t + 1, term.bits]));
    return [
      x,
      // A logarithmic axis has no place for what rounding made 0.
      x.map((t) => positive(t === 1 ? undefined : bits.get(t))),
      x.map((t) => positive(t === 1 ? reconstruction : undefined)),
      x.map((t) => positive(t === TIMESTEPS ? prior : undefined)),
    ];
  }

  /** @returns {import('./plot.js').PlotOptions} */
  options() {
    /** @param {string} label @param {string} ink @param {number} size */
    const points = (label, ink, size) => ({
      label,
      stroke: this.ink(ink),
      width: 2,
      spanGaps: true,
      points: { show: true, size, fill: this.ink(ink) },
    });
    const x = { time: false, distr: /** @type {const} */ (3), range: range(1, TIMESTEPS) };
    const axes = [
      {
        ...this.axis(strings.objective.axis),
        splits: () => [1, 10, 100, 1000],
        // By itself a logarithmic axis names powers of ten alone, and not every one.
        filter: (/** @type {uPlot} */ _plot, /** @type {number[]} */ splits) => splits,
        values: (/** @type {uPlot} */ _plot, /** @type {number[]} */ splits) => splits.map((t) => `${t}`),
      },
      this.axis(),
    ];
    if (this.kind === 'lSimple') {
      return {
        scales: { x, y: { range: (_plot, _min, max) => [0, max || 1] } },
        axes,
        series: [{}, points('L_simple', '--model', 5)],
      };
    }
    return {
      scales: { x, y: { distr: 3, range: (_plot, min, max) => decades(min, max) } },
      axes: [axes[0], { ...axes[1], splits: everyDecade, values: (_plot, splits) => splits.map(power) }],
      series: [
        {},
        points('L_{t−1}', '--model', 5),
        points('L_0', '--data', 12),
        points('L_T', '--noise', 12),
      ],
    };
  }

  words() {
    const { terms, prior } = objective;
    const [first, last] = [terms[0], terms.at(-1)];
    if (!first || !last) return strings.objective[this.kind === 'bits' ? 'bitsEmpty' : 'simpleEmpty'];
    const at = (/** @type {number} */ t) => `t = ${t + 1}`;
    if (this.kind === 'lSimple') {
      return strings.objective.simpleChart(
        three(first.lSimple),
        at(first.t),
        three(last.lSimple),
        at(last.t),
      );
    }
    return strings.objective.bitsChart(
      three(objective.reconstruction),
      at(last.t),
      three(last.bits),
      three(prior),
    );
  }
}

/** @param {number} min @param {number} max @returns {() => [number, number]} */
const range = (min, max) => () => [min, max];

/** Whole powers of ten around the values. @param {number | null} min @param {number | null} max @returns {[number, number]} */
function decades(min, max) {
  if (!min || !max) return [1e-6, 10];
  return [10 ** Math.floor(Math.log10(min)), 10 ** Math.ceil(Math.log10(max) + 1e-9)];
}

/** @param {number | undefined} value */
const positive = (value) => (value !== undefined && value > 0 ? value : null);

/** A line at every power of ten. @param {uPlot} _plot @param {number} _axis @param {number} min @param {number} max */
function everyDecade(_plot, _axis, min, max) {
  const [first, last] = [min, max].map((value) => Math.round(Math.log10(value)));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}

/** @param {number | null} value nothing where uPlot leaves a name out */
const power = (value) => (value ? `10${superscript(Math.round(Math.log10(value)))}` : '');

customElements.define('diffusion-term-chart', DiffusionTermChart);
