// alpha-bar over t, with the two amplitudes that follow from it, and log SNR. Pressing or dragging on them chooses t.

import { html, LitElement, svg, unsafeCSS } from 'lit';
import { TIMESTEPS } from '../configs.js';
import { fixed } from '../format.js';
import { strings } from '../language.js';
import style from './schedule-chart.css' with { type: 'text' };

/** Drawn points per curve. */
const POINTS = 200;
/** log SNR is drawn up to here, and down to its opposite. */
const MOST = 10;

export class DiffusionScheduleChart extends LitElement {
  static properties = {
    curves: { attribute: false },
    t: { type: Number },
  };

  static styles = unsafeCSS(style);

  constructor() {
    super();
    /** With a value for each of t = 1 … T. @type {import('../curves.js').Curves | undefined} */
    this.curves = undefined;
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
          ${this.#curve('signal', (t) => Math.sqrt(this.#at(t)))}
          ${this.#curve('noise', (t) => Math.sqrt(1 - this.#at(t)))}
          ${this.#curve('alpha-bar', (t) => this.#at(t))}
        </svg>
        ${this.#marker(alphaBar)}
        <span class="tick top">1</span><span class="tick bottom">0</span>
      </div>
      <p class="legend" aria-hidden="true">
        <span class="key alpha-bar">${strings.forward.signalLeft}</span>
        <span class="key signal">${strings.forward.digitWeight}</span>
        <span class="key noise">${strings.forward.noiseWeight}</span>
      </p>
      <div class="plot snr" @pointerdown=${this.#press} @pointermove=${this.#drag}>
        <svg
          viewBox="0 0 ${TIMESTEPS} 1"
          preserveAspectRatio="none"
          role="img"
          aria-label=${strings.forward.snrCurve(fixed(this.#logSnr(this.t), 2), this.t)}
        >
          ${this.#curve('log-snr', (t) => this.#snrHeight(t))}
        </svg>
        ${this.#marker(this.#snrHeight(this.t))}
        <span class="tick top">${MOST}</span><span class="tick middle">0</span><span class="tick bottom">−${MOST}</span>
      </div>
      <p class="legend" aria-hidden="true"><span class="key log-snr">${strings.forward.logSnr}</span></p>
    `;
  }

  /** @param {number} height */
  #marker(height) {
    return html`<div class="marker" style="left: ${(this.t / TIMESTEPS) * 100}%; --height: ${height}"></div>`;
  }

  /** @param {number} t */
  #at(t) {
    return t === 0 ? 1 : (this.curves?.alphasCumprod[t - 1] ?? 0);
  }

  /** @param {number} t */
  #logSnr(t) {
    return t === 0 ? Infinity : (this.curves?.logSnr[t - 1] ?? 0);
  }

  /** What is too much for the plot runs along its edge. @param {number} t */
  #snrHeight(t) {
    return (Math.min(MOST, Math.max(-MOST, this.#logSnr(t))) / MOST + 1) / 2;
  }

  /** @param {string} name @param {(t: number) => number} height */
  #curve(name, height) {
    if (!this.curves) return '';
    const points = Array.from({ length: POINTS + 1 }, (_, point) => {
      const t = Math.round((point / POINTS) * TIMESTEPS);
      return `${t},${(1 - height(t)).toFixed(4)}`;
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
