// What the charts over a growing series have in common: a uPlot that follows a store, the width and the colour scheme.

import { css, html, LitElement, unsafeCSS } from 'lit';
import uPlot from 'uplot';
import uPlotStyle from 'uplot/dist/uPlot.min.css' with { type: 'text' };

const HEIGHT = 280;
/** How far apart the lines along a labelled axis may stand: there are no half steps. */
const WHOLE = [1, 10, 100, 1000, 10_000, 100_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]);

/** A logarithmic axis, which has its lines before there is anything on it. @type {uPlot.Scale} */
export const LOGARITHMIC = {
  distr: 3,
  range: (_plot, min, max) => (min && max ? uPlot.rangeLog(min, max, 10, false) : [0.01, 1]),
};

/** @typedef {Pick<uPlot.Options, 'scales' | 'axes' | 'series'>} PlotOptions */

export class PlotElement extends LitElement {
  static styles = [
    unsafeCSS(uPlotStyle),
    css`
      :host {
        display: block;
      }
      .plot {
        height: ${HEIGHT}px;
      }
    `,
  ];

  /** @type {uPlot | undefined} */
  #plot;
  #scheduled = 0;
  #resize = new ResizeObserver(() => this.#fit());
  #dark = matchMedia('(prefers-color-scheme: dark)');
  #end = () => {};

  /** What is drawn. @abstract @returns {import('../store.js').Store} */
  get store() {
    throw new Error('a chart has a store');
  }

  /** @abstract @returns {uPlot.AlignedData} */
  data() {
    throw new Error('a chart has data');
  }

  /** @abstract @returns {PlotOptions} */
  options() {
    throw new Error('a chart has options');
  }

  /** The chart in words. @abstract @returns {string} */
  words() {
    throw new Error('a chart has words');
  }

  connectedCallback() {
    super.connectedCallback();
    const repaint = () => this.#plot?.redraw(false);
    this.#dark.addEventListener('change', repaint);
    const unsubscribe = this.store.subscribe(() => this.#schedule());
    this.#end = () => {
      unsubscribe();
      this.#dark.removeEventListener('change', repaint);
      this.#resize.disconnect();
      this.#plot?.destroy();
      this.#plot = undefined;
    };
    if (this.hasUpdated) this.draw();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end();
  }

  render() {
    return html`<div class="plot" role="img" aria-label=${this.words()}></div>`;
  }

  firstUpdated() {
    this.draw();
  }

  /** A chart with these options. The kind of an axis is fixed for a chart's life: another kind is another chart. */
  draw() {
    const place = /** @type {HTMLElement} */ (this.renderRoot.querySelector('.plot'));
    this.#plot?.destroy();
    const options = {
      width: place.clientWidth || 320,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      ...this.options(),
    };
    this.#plot = new uPlot(options, this.data(), place);
    this.#resize.observe(place);
  }

  /** A colour of the page, read anew whenever the chart is painted. @param {string} name */
  ink(name) {
    return () => getComputedStyle(this).getPropertyValue(name);
  }

  /** @param {string} [label] @returns {uPlot.Axis} */
  axis(label) {
    const font = '12px system-ui, sans-serif';
    return {
      stroke: this.ink('--muted'),
      font,
      grid: { stroke: this.ink('--line'), width: 1 },
      ticks: { show: false },
      ...(label ? { label, labelFont: font, labelSize: 18, size: 30, incrs: WHOLE } : { size: 50 }),
    };
  }

  /** One drawing a frame is enough, however fast the data come. */
  #schedule() {
    this.#scheduled ||= requestAnimationFrame(() => {
      this.#scheduled = 0;
      this.#plot?.setData(this.data());
      this.requestUpdate();
    });
  }

  #fit() {
    const width = this.renderRoot.querySelector('.plot')?.clientWidth;
    if (width) this.#plot?.setSize({ width, height: HEIGHT });
  }
}
