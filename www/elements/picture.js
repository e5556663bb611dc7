// One small picture, drawn pixel for pixel and enlarged: a digit's by a whole number (the custom property --scale).

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
    // Of any size, it is shown in the room of the digits.
    const rows = (SIDE * height) / width;
    return html`<canvas
      role="img"
      aria-label=${this.label}
      width=${width}
      height=${height}
      style="--columns: ${SIDE}; --rows: ${rows}"
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
export function frameImage({ width, height, channels, pixels }, index) {
  const image = new ImageData(width, height);
  const size = width * height;
  for (let pixel = 0; pixel < size; pixel++) {
    const start = (index * size + pixel) * channels;
    for (let channel = 0; channel < 3; channel++) {
      // A grey picture's one channel is all three.
      image.data[pixel * 4 + channel] = pixels[start + (channels === 3 ? channel : 0)];
    }
    image.data[pixel * 4 + 3] = 255;
  }
  return image;
}

/**
 * Draws a frame of any size into a square.
 * @param {CanvasRenderingContext2D} context
 * @param {Frames} frames
 * @param {number} index
 * @param {number} x
 * @param {number} y
 * @param {number} side
 */
export function drawFrame(context, frames, index, x, y, side) {
  const image = frameImage(frames, index);
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, x, y, side, side);
}

customElements.define('diffusion-picture', DiffusionPicture);
