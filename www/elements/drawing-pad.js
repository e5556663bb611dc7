// A square to draw on, with a finger, a mouse, or a pen, whose pressure widens the line. What is drawn is the owner's: the
// pad shows the strokes that it is given, and tells of new ones by the event `strokes`.

import { html, unsafeCSS } from 'lit';
import { strings } from '../language.js';
import style from './drawing-pad.css' with { type: 'text' };
import { PlaygroundElement } from './element.js';
import { drawFrame } from './picture.js';

/** @typedef {import('../drawing.js').Stroke} Stroke */
/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */

/** Pixels of the picture along a side of the pad. */
const PIXELS = 28;
/** Two points closer than this share of the pad are one. */
const LEAST_DISTANCE = 0.006;

export class DiffusionDrawingPad extends PlaygroundElement {
  static properties = {
    strokes: { attribute: false },
    under: { attribute: false },
    covered: { attribute: false },
    pen: { type: Number },
    ink: { type: String },
    label: { type: String },
    disabled: { type: Boolean },
  };

  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  #dark = matchMedia('(prefers-color-scheme: dark)');
  #resize = new ResizeObserver(() => this.#paint());
  #repaint = () => this.#paint();
  /** What is being drawn, and by which pointer. @type {{ pointer: number, stroke: Stroke } | undefined} */
  #current;

  constructor() {
    super();
    /** @type {Stroke[]} */
    this.strokes = [];
    /** A picture to draw on. @type {Frames | undefined} */
    this.under = undefined;
    /** Its pixels that are covered with ink already, white in this picture. @type {Frames | undefined} */
    this.covered = undefined;
    /** The plain pen's width in pixels of a picture. */
    this.pen = 2.6;
    /** A CSS colour. */
    this.ink = 'white';
    /** What there is to be seen, for those who don't see it. */
    this.label = '';
    this.disabled = false;
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
    return html`
      <canvas
        role="img"
        aria-label=${this.label}
        style="color: ${this.ink}"
        @pointerdown=${this.#begin}
        @pointermove=${this.#go}
        @pointerup=${this.#end}
        @pointercancel=${this.#end}
      ></canvas>
      <div class="buttons">
        <button type="button" ?disabled=${!this.strokes.length} @click=${() => this.#tell(this.strokes.slice(0, -1))}>
          ${strings.steer.undo}
        </button>
        <button type="button" ?disabled=${!this.strokes.length} @click=${() => this.#tell([])}>${strings.steer.clear}</button>
      </div>
    `;
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
    context.fillStyle = 'black';
    context.fillRect(0, 0, side, side);
    if (this.under) drawFrame(context, this.under, 0, 0, 0, side);
    context.fillStyle = context.strokeStyle = getComputedStyle(canvas).color;
    if (this.covered) this.#cover(context, this.covered, side / PIXELS);
    context.lineCap = context.lineJoin = 'round';
    for (const stroke of [...this.strokes, ...(this.#current ? [this.#current.stroke] : [])]) {
      this.#line(context, stroke, side);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {Frames} covered @param {number} cell */
  #cover(context, { pixels }, cell) {
    pixels.forEach((pixel, index) => {
      if (pixel > 127) {
        const [x, y] = [index % PIXELS, Math.floor(index / PIXELS)];
        // Up to the neighbours' edges, so that no seam shows.
        const [left, top, right, bottom] = [x, y, x + 1, y + 1].map((place) => Math.round(place * cell));
        context.fillRect(left, top, right - left, bottom - top);
      }
    });
  }

  /** @param {CanvasRenderingContext2D} context @param {Stroke} stroke @param {number} side */
  #line(context, stroke, side) {
    const pen = (this.pen / PIXELS) * side;
    stroke.forEach(([x, y, width], index) => {
      const [fromX, fromY] = stroke[Math.max(0, index - 1)];
      context.lineWidth = width * pen;
      context.beginPath();
      context.moveTo(fromX * side, fromY * side);
      context.lineTo(x * side, y * side);
      context.stroke();
    });
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    // A second finger is not a second pen.
    if (this.disabled || this.#current || event.button !== 0) return;
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    this.#current = { pointer: event.pointerId, stroke: [this.#point(event)] };
    this.#paint();
  }

  /** @param {PointerEvent} event */
  #go(event) {
    if (event.pointerId !== this.#current?.pointer) return;
    const { stroke } = this.#current;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const point = this.#point(each);
      const [x, y] = stroke[stroke.length - 1];
      if (Math.hypot(point[0] - x, point[1] - y) > LEAST_DISTANCE) stroke.push(point);
    }
    this.#paint();
  }

  /** @param {PointerEvent} event */
  #end({ pointerId }) {
    if (pointerId !== this.#current?.pointer) return;
    const { stroke } = this.#current;
    this.#current = undefined;
    this.#tell([...this.strokes, stroke]);
  }

  /** @param {PointerEvent} event @returns {Stroke[number]} */
  #point({ clientX, clientY, pointerType, pressure }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    // Only a pen tells how hard it is pressed: a plain press is a half.
    const force = pointerType === 'pen' && pressure > 0 ? 0.5 + pressure : 1;
    return [(clientX - left) / width, (clientY - top) / height, force];
  }

  /** @param {Stroke[]} detail */
  #tell(detail) {
    this.dispatchEvent(new CustomEvent('strokes', { detail }));
  }
}

customElements.define('diffusion-drawing-pad', DiffusionDrawingPad);
