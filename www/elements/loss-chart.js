// The loss of every training step: raw as a thin line, smoothed as a thick one.

import { css, html, LitElement, unsafeCSS } from 'lit';
import uPlot from 'uplot';
import uPlotStyle from 'uplot/dist/uPlot.min.css' with { type: 'text' };
import { three } from '../format.js';
import { run } from '../run.js';

const HEIGHT = 280;

export class DiffusionLossChart extends LitElement {
  static properties = { logarithmic: { type: Boolean } };

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

  constructor() {
    super();
    this.logarithmic = false;
  }

  connectedCallback() {
    super.connectedCallback();
    const repaint = () => this.#plot?.redraw(false);
    this.#dark.addEventListener('change', repaint);
    const unsubscribe = run.subscribe(() => this.#schedule());
    this.#end = () => {
      unsubscribe();
      this.#dark.removeEventListener('change', repaint);
      this.#resize.disconnect();
      this.#plot?.destroy();
      this.#plot = undefined;
    };
    if (this.hasUpdated) this.#draw();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#end();
  }

  render() {
    return html`<div class="plot" role="img" aria-label=${this.#words()}></div>`;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('logarithmic')) this.#draw();
  }

  /** One drawing a frame is enough, however fast the steps come. */
  #schedule() {
    this.#scheduled ||= requestAnimationFrame(() => {
      this.#scheduled = 0;
      this.#plot?.setData(data());
      this.requestUpdate();
    });
  }

  /** The kind of axis is fixed for a chart's life: another kind is another chart. */
  #draw() {
    const place = /** @type {HTMLElement} */ (this.renderRoot.querySelector('.plot'));
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(place.clientWidth), data(), place);
    this.#resize.observe(place);
  }

  #fit() {
    const width = this.renderRoot.querySelector('.plot')?.clientWidth;
    if (width) this.#plot?.setSize({ width, height: HEIGHT });
  }

  /** @param {number} width @returns {uPlot.Options} */
  #options(width) {
    const ink = (/** @type {string} */ name) => () => getComputedStyle(this).getPropertyValue(name);
    const axis = {
      stroke: ink('--muted'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: ink('--line'), width: 1 },
    };
    return {
      width: width || 320,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: (_plot, _min, max) => [0, Math.max(50, max ?? 0)] },
        y: this.logarithmic ? { distr: 3 } : { range: (_plot, _min, max) => [0, max || 1] },
      },
      axes: [
        {
          ...axis,
          label: 'training step',
          labelFont: axis.font,
          labelSize: 18,
          size: 30,
          ticks: { show: false },
        },
        { ...axis, size: 46, ticks: { show: false } },
      ],
      series: [
        {},
        { label: 'loss', stroke: ink('--muted'), width: 1, points: { show: false } },
        { label: 'smoothed', stroke: ink('--model'), width: 3, points: { show: false } },
      ],
    };
  }

  #words() {
    const last = run.smoothed.at(-1);
    if (last === undefined) return 'Loss over training steps: empty until the first step.';
    return `Loss over ${run.step} training steps: from ${three(run.losses[0])} to ${three(last)}, smoothed.`;
  }
}

/** @returns {uPlot.AlignedData} */
const data = () => [run.steps, run.losses, run.smoothed];

customElements.define('diffusion-loss-chart', DiffusionLossChart);
