// The way from noise to picture as a strip: x_t above, the guess at x_0 below. Pressing on it goes there.

import { html, unsafeCSS } from 'lit';
import { strings } from '../language.js';
import { trajectory } from '../trajectory.js';
import { PlaygroundElement } from './element.js';
import style from './film-strip.css' with { type: 'text' };
import { drawFrame } from './picture.js';

const SIDE = 28;
const GAP = 3;
const SCALE = 2;

export class DiffusionFilmStrip extends PlaygroundElement {
  static properties = {
    chosen: { type: Number },
    position: { type: Number },
    total: { type: Number },
    columns: { state: true },
  };

  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  #resize = new ResizeObserver(([{ contentRect }]) => {
    this.columns = Math.max(2, Math.floor((contentRect.width / SCALE + GAP) / (SIDE + GAP)));
  });

  constructor() {
    super();
    /** Which of the pictures drawn side by side. */
    this.chosen = 0;
    /** The step on show, from 0 to `total`. */
    this.position = 0;
    this.total = 1;
    /** How many frames fit. */
    this.columns = 6;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(trajectory);
    this.watchColours();
    this.#resize.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  render() {
    const width = this.columns * (SIDE + GAP) - GAP;
    const height = 2 * SIDE + GAP;
    const nearest = this.#frames().reduce(
      (best, position, column, all) =>
        Math.abs(position - this.position) < Math.abs(all[best] - this.position) ? column : best,
      0,
    );
    return html`<div class="strip" style="width: ${width * SCALE}px" @click=${this.#press}>
      <canvas
        role="img"
        aria-label=${strings.sample.film(trajectory.length)}
        width=${width}
        height=${height}
        style="width: ${width * SCALE}px; height: ${height * SCALE}px"
      ></canvas>
      <div class="here" style="left: ${nearest * (SIDE + GAP) * SCALE}px; width: ${SIDE * SCALE}px"></div>
    </div>`;
  }

  updated() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.renderRoot.querySelector('canvas'));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.fillStyle = getComputedStyle(this).getPropertyValue('--picture-empty');
    this.#frames().forEach((position, column) => {
      const x = column * (SIDE + GAP);
      const final = position === trajectory.steps.length ? trajectory.done?.frames : undefined;
      const { xT = final, x0Hat = final } = trajectory.steps[position] ?? {};
      for (const [frames, y] of /** @type {const} */ ([
        [xT, 0],
        [x0Hat, SIDE + GAP],
      ])) {
        if (frames) drawFrame(context, frames, this.chosen, x, y, SIDE);
        else context.fillRect(x, y, SIDE, SIDE);
      }
    });
  }

  /** The steps that the columns show, from the first to the last. */
  #frames() {
    return Array.from({ length: this.columns }, (_, column) =>
      Math.round((column / (this.columns - 1)) * this.total),
    );
  }

  /** @param {MouseEvent} event */
  #press(event) {
    const column = Math.floor(event.offsetX / ((SIDE + GAP) * SCALE));
    this.dispatchEvent(
      new CustomEvent('choose', { detail: this.#frames()[Math.min(column, this.columns - 1)] }),
    );
  }
}

customElements.define('diffusion-film-strip', DiffusionFilmStrip);
