// Where one place of the picture looks: a map for every head, of the place that is chosen on any of them. Of
// cross-attention, where the tokens of the class are looked at from.

import { html, nothing, unsafeCSS } from 'lit';
import { percent } from '../format.js';
import { strings } from '../language.js';
import style from './attention.css' with { type: 'text' };
import { paint } from './attention-map.js';
import './cross-attention.js';
import { PlaygroundElement } from './element.js';

/** @typedef {import('../../pkg/diffusion_playground.js').AttentionView} AttentionView */

/** Pixels of the screen that a map is wide. */
const WIDTH = 105;

export class DiffusionAttention extends PlaygroundElement {
  static properties = { views: { attribute: false }, query: { state: true }, layer: { state: true } };
  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  #dark = matchMedia('(prefers-color-scheme: dark)');
  #repaint = () => this.requestUpdate();

  constructor() {
    super();
    /** The block's layers of attention. @type {AttentionView[]} */
    this.views = [];
    /** The place that looks; nothing: the middle. @type {number | undefined} */
    this.query = undefined;
    /** Which of the layers. */
    this.layer = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#dark.addEventListener('change', this.#repaint);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#dark.removeEventListener('change', this.#repaint);
  }

  render() {
    if (!this.views.length) return html`<p class="help">${strings.network.noAttention}</p>`;
    const view = this.#view();
    const { layer, heads, queries, keys, weights } = view;
    return html`<h4>${strings.network.heads(heads)}</h4>
      ${
        this.views.length > 1
          ? html`<div class="layers" role="group" aria-label=${strings.network.attentionLayer}>
              ${this.views.map(
                (other, index) => html`<button
                  type="button"
                  aria-pressed=${other.layer === layer ? 'true' : 'false'}
                  @click=${() => (this.layer = index)}
                >
                  ${other.layer}
                </button>`,
              )}
            </div>`
          : nothing
      }
      ${weights.length ? this.#maps(view) : html`<p class="help">${strings.network.tooMany(queries, keys)}</p>`}`;
  }

  /** @param {AttentionView} view */
  #maps(view) {
    const { heads, queries } = view;
    if (isCross(view)) return html`<diffusion-cross-attention .view=${view}></diffusion-cross-attention>`;
    return html`<p class="help">
        ${strings.network.framed}
      </p>
      <div class="field">
        <label for="query">${strings.network.placeThatLooks(place(this.#query(), queries))}</label>
        <input
          id="query"
          type="range"
          min="0"
          max=${queries - 1}
          .value=${`${this.#query()}`}
          aria-valuetext=${place(this.#query(), queries)}
          @input=${(/** @type {InputEvent} */ event) => {
            this.query = /** @type {HTMLInputElement} */ (event.target).valueAsNumber;
          }}
        />
      </div>
      <ul>${Array.from({ length: heads }, (_, head) => this.#head(view, head))}</ul>`;
  }

  /** @param {AttentionView} view @param {number} head */
  #head(view, head) {
    const columns = side(view.keys);
    const weights = this.#weights(view, head);
    const most = weights.indexOf(Math.max(...weights));
    const strength = percent(weights[most] ?? 0, 1);
    return html`<li>
      <canvas
        role="img"
        aria-label=${strings.network.headLooks(head + 1, place(most, view.keys), strength)}
        width=${columns}
        height=${Math.ceil(view.keys / columns)}
        style="width: ${WIDTH}px; aspect-ratio: ${columns} / ${Math.ceil(view.keys / columns)}"
        @click=${(/** @type {MouseEvent} */ event) => this.#choose(event, view)}
      ></canvas>
      ${this.#frame(columns)}
      <span>${strings.network.head(head + 1, strength)}</span>
    </li>`;
  }

  /** @param {number} columns */
  #frame(columns) {
    const [row, column] = [Math.floor(this.#query() / columns), this.#query() % columns];
    const cell = WIDTH / columns;
    return html`<div
      class="frame"
      style="left: ${column * cell}px; top: ${row * cell}px; width: ${cell}px; height: ${cell}px"
    ></div>`;
  }

  updated() {
    const view = this.#view();
    if (!view?.weights.length || isCross(view)) return;
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, head) => {
      const weights = this.#weights(view, head);
      paint(canvas, weights, Math.max(...weights));
    });
  }

  #view() {
    return this.views[Math.min(this.layer, this.views.length - 1)];
  }

  #query() {
    const { queries } = this.#view();
    const middle = Math.floor(queries / 2);
    return Math.min(this.query ?? middle, queries - 1);
  }

  /** Of all keys, for the chosen query. @param {AttentionView} view @param {number} head */
  #weights({ weights, queries, keys }, head) {
    const start = (head * queries + this.#query()) * keys;
    return weights.slice(start, start + keys);
  }

  /** @param {MouseEvent} event @param {AttentionView} view */
  #choose(event, { keys }) {
    const columns = side(keys);
    const { left, top, width } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    const at = (/** @type {number} */ offset) =>
      Math.min(columns - 1, Math.floor((offset / width) * columns));
    this.query = at(event.clientY - top) * columns + at(event.clientX - left);
  }
}

/** In diffusers' blocks the second attention is the one that looks at a context. @param {AttentionView} view */
const isCross = ({ layer }) => layer.endsWith('attn2');

/** Places lie in a square; a few, in a row. @param {number} count */
function side(count) {
  const side = Math.round(Math.sqrt(count));
  return side * side === count && count > 4 ? side : count;
}

/** @param {number} index @param {number} count */
function place(index, count) {
  const columns = side(count);
  if (columns === count) return strings.network.place(index + 1, count);
  return strings.network.rowColumn(Math.floor(index / columns) + 1, (index % columns) + 1, columns);
}

customElements.define('diffusion-attention', DiffusionAttention);
