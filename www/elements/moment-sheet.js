// All moments on one sheet: a row for each drawing, the newest at the bottom, a column for each stage of its way.
// Pressing or dragging on it goes there.

import { html, unsafeCSS } from 'lit';
import { capital, classWords } from '../data-sets.js';
import { whole } from '../format.js';
import { history, pictureOf } from '../history.js';
import { strings } from '../language.js';
import { run } from '../run.js';
import { PlaygroundElement } from './element.js';
import style from './moment-sheet.css' with { type: 'text' };
import { frameImage } from './picture.js';

const SIDE = 28;
const GAP = 2;
const CELL = SIDE + GAP;
/** Of more moments, so many are shown, evenly spread. */
const ROWS = 10;

export class DiffusionMomentSheet extends PlaygroundElement {
  static properties = {
    stage: { type: Number },
    chosen: { type: Number },
    digit: { type: Number },
    view: { type: String },
    scale: { state: true },
  };

  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  #resize = new ResizeObserver(([{ contentRect }]) => {
    this.scale = contentRect.width >= 2 * history.stages * CELL ? 2 : 1;
  });

  constructor() {
    super();
    this.stage = 0;
    /** Which of the moments. */
    this.chosen = 0;
    this.digit = 0;
    /** @type {'xT' | 'x0Hat'} */
    this.view = 'x0Hat';
    this.scale = 1;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(history);
    this.watchColours();
    this.#resize.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  render() {
    const { stages, moments } = history;
    const [width, height] = [stages * CELL - GAP, ROWS * CELL - GAP];
    const rows = this.#rows();
    const row = rows.reduce(
      (best, moment, at) => (Math.abs(moment - this.chosen) < Math.abs(rows[best] - this.chosen) ? at : best),
      0,
    );
    const size = `width: ${width * this.scale}px; height: ${height * this.scale}px`;
    const cell = CELL * this.scale;
    return html`<p class="axes" style="width: ${width * this.scale}px"><span>${strings.timeMachine.noise}</span><span>${strings.timeMachine.denoising}</span><span>${strings.timeMachine.theEnd}</span></p>
      <div class="sheet" style=${size} @pointerdown=${this.#press} @pointermove=${this.#drag}>
        <canvas
          role="img"
          aria-label=${strings.timeMachine.sheet(capital(classWords(run.classes, this.digit)), whole(moments.length), stages)}
          width=${width}
          height=${height}
          style=${size}
        ></canvas>
        ${
          moments.length
            ? html`<div
                class="frame"
                style="left: ${this.stage * cell}px; top: ${row * cell}px; width: ${SIDE * this.scale}px; height: ${SIDE * this.scale}px"
              ></div>`
            : ''
        }
      </div>
      <p class="axes"><span>${strings.timeMachine.toStep(whole(moments.at(-1)?.step ?? 0))}</span></p>`;
  }

  updated() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.renderRoot.querySelector('canvas'));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = getComputedStyle(this).getPropertyValue('--picture-empty');
    for (let row = 0; row < ROWS; row++) {
      const moment = history.moments[this.#rows()[row]];
      for (let stage = 0; stage < history.stages; stage++) {
        const [x, y] = [stage * CELL, row * CELL];
        if (!moment) {
          context.fillRect(x, y, SIDE, SIDE);
          continue;
        }
        const { frames, index } = pictureOf(moment, stage, this.digit, this.view);
        context.putImageData(frameImage(frames, index), x, y);
      }
    }
  }

  /** The moments that have a row. */
  #rows() {
    const count = history.moments.length;
    if (count <= ROWS) return Array.from({ length: count }, (_, row) => row);
    return Array.from({ length: ROWS }, (_, row) => Math.round((row * (count - 1)) / (ROWS - 1)));
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
    const rows = this.#rows();
    if (!rows.length) return;
    const { left, top } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    /** @param {number} offset @param {number} count */
    const at = (offset, count) => Math.min(count - 1, Math.max(0, Math.floor(offset / (CELL * this.scale))));
    const moment = rows[at(event.clientY - top, rows.length)];
    const stage = at(event.clientX - left, history.stages);
    this.dispatchEvent(new CustomEvent('choose', { detail: { moment, stage } }));
  }
}

customElements.define('diffusion-moment-sheet', DiffusionMomentSheet);
