// How often each value occurs among the pixels of x_t, beside the curve of pure noise, which it comes to follow.

import { html, svg, unsafeCSS } from 'lit';
import { fixed } from '../format.js';
import { fill, strings } from '../language.js';
import { PlaygroundElement } from './element.js';
import style from './histogram.css' with { type: 'text' };

/** Density at the upper edge: the axis stays, so that the curve does too. What is higher is cut off. */
const TOP = 0.8;

/** Drawn points of the curve. */
const POINTS = 120;

/** The bins' ends before the first histogram comes. */
const RANGE = { low: -4.1, high: 4.1 };

export class DiffusionHistogram extends PlaygroundElement {
  static properties = {
    histogram: { attribute: false },
    t: { type: Number },
  };

  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  constructor() {
    super();
    /** @type {import('../../pkg/diffusion_playground.js').Histogram | undefined} */
    this.histogram = undefined;
    this.t = 0;
  }

  render() {
    const { low, high } = this.histogram ?? RANGE;
    return html`
      <p class="head">${fill(strings.forward.byValue, { xt: html`x<sub>t</sub>` })}</p>
      <div class="plot">
        <svg viewBox="${low} 0 ${high - low} ${TOP}" preserveAspectRatio="none" role="img" aria-label=${this.#words()}>
          ${this.#bars()}
          <polyline points=${normalCurve(low, high)} />
        </svg>
        ${this.#overflow()}
      </div>
      <p class="ticks" aria-hidden="true">
        ${[-3, -2, -1, 0, 1, 2, 3].map(
          (value) => html`<span style="left: ${((value - low) / (high - low)) * 100}%">${tick(value)}</span>`,
        )}
      </p>
      <p class="legend">
        <span class="key bars" aria-hidden="true">${fill(strings.forward.pixelsOf, { xt: html`x<sub>t</sub>` })}</span>
        <span class="key normal" aria-hidden="true">${strings.forward.normal}</span>
        <span class="moments">${this.#moments()}</span>
      </p>
    `;
  }

  #bars() {
    if (!this.histogram) return '';
    const { low, high, densities } = this.histogram;
    const width = (high - low) / densities.length;
    return densities.map((density, bin) => {
      const height = Math.min(density, TOP);
      return svg`<rect x=${low + bin * width} y=${TOP - height} width=${width} height=${height} />`;
    });
  }

  /** The height of the highest bar, where it is cut off. */
  #overflow() {
    const { densities = [0] } = this.histogram ?? {};
    const highest = Math.max(...densities);
    if (highest <= TOP) return '';
    const bin = densities.indexOf(highest);
    const left = ((bin + 0.5) / densities.length) * 100;
    return html`<span class="overflow" aria-hidden="true" style="left: ${left}%"
      >↑ ${fixed(highest, 1)}</span
    >`;
  }

  #moments() {
    const { mean, standardDeviation } = this.histogram ?? {};
    /** @param {number | undefined} value */
    const live = (value) => (value === undefined ? '…' : fixed(value, 2).replace('-', '−'));
    return strings.forward.moments(live(mean), live(standardDeviation));
  }

  #words() {
    if (!this.histogram) return strings.forward.histogramEmpty;
    const { mean, standardDeviation } = this.histogram;
    return strings.forward.histogram(this.t, fixed(mean, 2), fixed(standardDeviation, 2));
  }
}

/** @param {number} low @param {number} high */
function normalCurve(low, high) {
  const points = Array.from({ length: POINTS + 1 }, (_, point) => {
    const x = low + (point / POINTS) * (high - low);
    return `${x.toFixed(3)},${(TOP - Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)).toFixed(4)}`;
  });
  return points.join(' ');
}

/** @param {number} value */
const tick = (value) =>
  html`${`${value}`.replace('-', '−')}<br />${value === -1 ? strings.forward.black : value === 1 ? strings.forward.white : ''}`;

customElements.define('diffusion-histogram', DiffusionHistogram);
