// One small grey picture, drawn pixel for pixel and enlarged by a whole number (the custom property --scale).

import { css, html, LitElement } from 'lit';

/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */

/** Until the first picture comes, as much room as it will take. */
const SIDE = 28;

export class DiffusionPicture extends LitElement {
  static properties = {
    frames: { attribute: false },
    index: { type: Number },
    label: { type: String },
  };

  static styles = css`
    :host {
      display: block;
      line-height: 0;
    }
    canvas {
      width: calc(var(--scale, 1) * var(--columns) * 1px);
      height: calc(var(--scale, 1) * var(--rows) * 1px);
      image-rendering: pixelated;
      background: var(--picture-empty);
    }
  `;

  constructor() {
    super();
    /** @type {Frames | undefined} */
    this.frames = undefined;
    /** Which of the frames. */
    this.index = 0;
    /** What the picture is, for those who don't see it. */
    this.label = '';
  }

  render() {
    const { width = SIDE, height = SIDE } = this.frames ?? {};
    return html`<canvas
      role="img"
      aria-label=${this.label}
      width=${width}
      height=${height}
      style="--columns: ${width}; --rows: ${height}"
    ></canvas>`;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (!changed.has('frames') && !changed.has('index')) return;
    const canvas = /** @type {HTMLCanvasElement} */ (this.renderRoot.querySelector('canvas'));
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    if (this.frames && this.index < this.frames.count)
      context.putImageData(frameImage(this.frames, this.index), 0, 0);
    else context.clearRect(0, 0, canvas.width, canvas.height);
  }
}

/**
 * @param {Frames} frames
 * @param {number} index
 */
export function frameImage({ width, height, pixels }, index) {
  const image = new ImageData(width, height);
  const size = width * height;
  for (let pixel = 0; pixel < size; pixel++) {
    const grey = pixels[index * size + pixel];
    image.data.set([grey, grey, grey, 255], pixel * 4);
  }
  return image;
}

customElements.define('diffusion-picture', DiffusionPicture);
