// alpha-bar over t, with the two amplitudes that follow from it. Pressing or dragging on it chooses t.

import { html, LitElement, svg, unsafeCSS } from 'lit';
import { TIMESTEPS } from '../configs.js';
import { strings } from '../language.js';
import style from './schedule-chart.css' with { type: 'text' };

/** Drawn points per curve. */
const POINTS = 200;

export class DiffusionScheduleChart extends LitElement {
  static properties = {
    alphasCumprod: { attribute: false },
    t: { type: Number },
  };

  static styles = unsafeCSS(style);

  constructor() {
    super();
    /** @type {number[]} one for each of t = 1 … T */
    this.alphasCumprod = [];
    this.t = 0;
  }

  render() {
    const alphaBar = this.#at(this.t);
    return html`
      <div class="plot" @pointerdown=${this.#press} @pointermove=${this.#drag}>
        <svg
          viewBox="0 0 ${TIMESTEPS} 1"
          preserveAspectRatio="none"
          role="img"
          aria-label=${strings.forward.curve(alphaBar.toFixed(3), this.t, this.#at(TIMESTEPS).toFixed(4), TIMESTEPS)}
        >
          <defs>
            <linearGradient id="fade" x1="0" y1="0" x2="0" y2="1" gradientUnits="userSpaceOnUse">
              <stop class="data" offset="0" />
              <stop class="noise" offset="1" />
            </linearGradient>
          </defs>
          ${this.#curve('signal', Math.sqrt)} ${this.#curve('noise', (alpha) => Math.sqrt(1 - alpha))}
          ${this.#curve('alpha-bar', (alpha) => alpha)}
        </svg>
        <div class="marker" style="left: ${(this.t / TIMESTEPS) * 100}%; --height: ${alphaBar}"></div>
        <span class="tick top">1</span><span class="tick bottom">0</span>
      </div>
      <p class="legend" aria-hidden="true">
        <span class="key alpha-bar">${strings.forward.signalLeft}</span>
        <span class="key signal">${strings.forward.digitWeight}</span>
        <span class="key noise">${strings.forward.noiseWeight}</span>
      </p>
    `;
  }

  /** @param {number} t */
  #at(t) {
    return t === 0 ? 1 : (this.alphasCumprod[t - 1] ?? 0);
  }

  /** @param {string} name @param {(alphaBar: number) => number} height */
  #curve(name, height) {
    if (!this.alphasCumprod.length) return '';
    const points = Array.from({ length: POINTS + 1 }, (_, point) => {
      const t = Math.round((point / POINTS) * TIMESTEPS);
      return `${t},${(1 - height(this.#at(t))).toFixed(4)}`;
    });
    return svg`<polyline class=${name} points=${points.join(' ')} />`;
  }

  /** @param {PointerEvent} event */
  #press(event) {
    /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
    this.#choose(event);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (event.buttons & 1) this.#choose(event);
  }

  /** @param {PointerEvent} event */
  #choose(event) {
    const { left, width } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / width));
    this.dispatchEvent(new CustomEvent('choose', { detail: Math.round(share * TIMESTEPS) }));
  }
}

customElements.define('diffusion-schedule-chart', DiffusionScheduleChart);
