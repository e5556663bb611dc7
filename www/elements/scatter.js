// Points in the plane on a canvas, both coordinates from -2.4 to 2.4. Where it may be drawn on, a pointer leaves points.

import { css, html, LitElement } from 'lit';

/** @typedef {{ points: Float32Array, ink: string, radius: number, opacity: number }} Layer ink is a CSS colour */

const VIEW = 2.4;
/** A stroke leaves a point every so many units. */
const SPACING = 0.03;

export class DiffusionScatter extends LitElement {
  static properties = {
    layers: { attribute: false },
    trails: { attribute: false },
    arrows: { attribute: false },
    ringed: { attribute: false },
    drawable: { type: Boolean },
    label: { type: String },
  };

  static styles = css`
    :host {
      display: block;
    }
    canvas {
      display: block;
      box-sizing: border-box;
      width: 100%;
      aspect-ratio: 1;
      border: 1px solid var(--line);
      border-radius: 6px;
    }
    :host([drawable]) canvas {
      cursor: crosshair;
      touch-action: none;
    }
  `;

  #resize = new ResizeObserver(() => this.#paint());
  #dark = matchMedia('(prefers-color-scheme: dark)');
  /** The points of the stroke that is being drawn. @type {[number, number][] | undefined} */
  #stroke;
  #repaint = () => this.#paint();

  constructor() {
    super();
    /** The first lies lowest. @type {Layer[]} */
    this.layers = [];
    /** Lines, each x and y in turn. @type {{ lines: number[][], ink: string } | undefined} */
    this.trails = undefined;
    /** From each place its way, x and y in turn. @type {{ places: Float32Array, ways: Float32Array, ink: string } | undefined} */
    this.arrows = undefined;
    /** A point to be told from the others. @type {[number, number] | undefined} */
    this.ringed = undefined;
    this.drawable = false;
    /** What there is to be seen, for those who don't see it. */
    this.label = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.#dark.addEventListener('change', this.#repaint);
    if (this.hasUpdated) this.#resize.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#dark.removeEventListener('change', this.#repaint);
    this.#resize.disconnect();
  }

  render() {
    return html`<canvas
      role="img"
      aria-label=${this.label}
      @pointerdown=${this.#begin}
      @pointermove=${this.#go}
      @pointerup=${this.#end}
      @pointercancel=${this.#end}
    ></canvas>`;
  }

  firstUpdated() {
    this.#resize.observe(this);
  }

  updated() {
    this.#paint();
  }

  get #canvas() {
    return /** @type {HTMLCanvasElement} */ (this.renderRoot.querySelector('canvas'));
  }

  #paint() {
    const canvas = this.#canvas;
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    const context = canvas.getContext('2d');
    if (!context || !side) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const unit = side / (2 * VIEW);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, side, side);
    context.setTransform(unit, 0, 0, -unit, side / 2, side / 2);
    const pixel = devicePixelRatio / unit;
    if (this.trails) {
      context.globalAlpha = 0.45;
      context.strokeStyle = this.#colour(this.trails.ink);
      context.lineWidth = pixel;
      for (const line of this.trails.lines) {
        context.beginPath();
        for (let i = 0; i < line.length; i += 2) context.lineTo(line[i], line[i + 1]);
        context.stroke();
      }
    }
    const stroke = this.#stroke && {
      points: new Float32Array(this.#stroke.flat()),
      ...{ ink: 'var(--data)', radius: 2, opacity: 1 },
    };
    for (const layer of [...this.layers, ...(stroke ? [stroke] : [])]) {
      context.globalAlpha = layer.opacity;
      context.fillStyle = this.#colour(layer.ink);
      context.beginPath();
      const radius = layer.radius * pixel;
      for (let i = 0; i < layer.points.length; i += 2) {
        const [x, y] = [layer.points[i], layer.points[i + 1]];
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fill();
    }
    if (this.arrows) this.#paintArrows(context, this.arrows, pixel);
    if (this.ringed) {
      context.globalAlpha = 1;
      context.strokeStyle = this.#colour('var(--ink)');
      context.lineWidth = 2 * pixel;
      context.beginPath();
      context.arc(...this.ringed, 6 * pixel, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {NonNullable<DiffusionScatter['arrows']>} arrows
   * @param {number} pixel
   */
  #paintArrows(context, { places, ways, ink }, pixel) {
    context.globalAlpha = 1;
    context.strokeStyle = this.#colour(ink);
    context.lineWidth = 1.25 * pixel;
    context.beginPath();
    for (let i = 0; i < places.length; i += 2) {
      const [dx, dy] = [ways[i], ways[i + 1]];
      const [x, y] = [places[i] + dx, places[i + 1] + dy];
      context.moveTo(places[i], places[i + 1]);
      context.lineTo(x, y);
      // Two barbs, a third of the arrow long.
      for (const side of [-1, 1]) {
        context.moveTo(x, y);
        context.lineTo(x - 0.3 * dx - side * 0.2 * dy, y - 0.3 * dy + side * 0.2 * dx);
      }
    }
    context.stroke();
  }

  /** A canvas knows no custom properties. @param {string} ink */
  #colour(ink) {
    const style = getComputedStyle(this);
    return ink.replace(/var\((--[a-z]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (!this.drawable) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#stroke = [this.#place(event)];
    this.#paint();
  }

  /** @param {PointerEvent} event */
  #go(event) {
    const stroke = this.#stroke;
    const last = stroke?.at(-1);
    if (!stroke || !last) return;
    const [x, y] = this.#place(event);
    const [dx, dy] = [x - last[0], y - last[1]];
    const count = Math.floor(Math.hypot(dx, dy) / SPACING);
    for (let i = 1; i <= count; i++) stroke.push([last[0] + (dx * i) / count, last[1] + (dy * i) / count]);
    this.#paint();
  }

  #end() {
    const detail = this.#stroke;
    this.#stroke = undefined;
    if (detail) this.dispatchEvent(new CustomEvent('draw', { detail }));
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  #place({ offsetX, offsetY }) {
    const side = this.#canvas.clientWidth;
    return [((2 * offsetX) / side - 1) * VIEW, (1 - (2 * offsetY) / side) * VIEW];
  }
}

customElements.define('diffusion-scatter', DiffusionScatter);
