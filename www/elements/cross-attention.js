// From where the tokens of the class are looked at: a map of all places for every head and token.

import { css, html } from 'lit';
import { percent } from '../format.js';
import { strings } from '../language.js';
import { paint } from './attention-map.js';
import { PlaygroundElement } from './element.js';

/** @typedef {import('../../pkg/diffusion_playground.js').AttentionView} AttentionView */

class DiffusionCrossAttention extends PlaygroundElement {
  static properties = { view: { attribute: false } };

  static styles = [
    ...PlaygroundElement.styles,
    css`
      :host {
        display: block;
      }
      .maps {
        display: grid;
        grid-template-columns: max-content repeat(var(--tokens), minmax(0, 5rem));
        gap: 6px;
        align-items: center;
        margin-top: 0.75rem;
        color: var(--muted);
        font-size: 0.75rem;
      }
      canvas {
        display: block;
        width: 100%;
        outline: 1px solid var(--line);
        background: var(--paper);
        image-rendering: pixelated;
      }
    `,
  ];

  #dark = matchMedia('(prefers-color-scheme: dark)');
  #repaint = () => this.requestUpdate();

  constructor() {
    super();
    /** @type {AttentionView | undefined} */
    this.view = undefined;
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
    if (!this.view) return html``;
    const { heads, queries, keys } = this.view;
    const side = Math.round(Math.sqrt(queries));
    const tokens = Array.from({ length: keys }, (_, token) => token);
    return html`<p class="help">
        ${strings.network.cross(keys, percent(this.#largest(), 1))}
      </p>
      <div class="maps" style="--tokens: ${keys}">
        <span></span>${tokens.map((token) => html`<span>${strings.network.token(token + 1)}</span>`)}
        ${Array.from({ length: heads }, (_, head) => [
          html`<span>${strings.network.crossHead(head + 1)}</span>`,
          tokens.map((token) => {
            const weights = weightsOf(/** @type {AttentionView} */ (this.view), head, token);
            const mean = weights.reduce((sum, weight) => sum + weight, 0) / queries;
            return html`<canvas
              role="img"
              aria-label=${strings.network.headToken(head + 1, token + 1, percent(mean, 1), percent(Math.max(...weights), 1))}
              width=${side}
              height=${queries / side}
            ></canvas>`;
          }),
        ])}
      </div>`;
  }

  updated() {
    const { view } = this;
    if (!view) return;
    const largest = this.#largest();
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, index) => {
      paint(canvas, weightsOf(view, Math.floor(index / view.keys), index % view.keys), largest);
    });
  }

  #largest() {
    return this.view?.weights.reduce((most, weight) => Math.max(most, weight), 0) ?? 1;
  }
}

/** Of all places for one token. @param {AttentionView} view @param {number} head @param {number} token */
const weightsOf = ({ weights, queries, keys }, head, token) =>
  Array.from({ length: queries }, (_, query) => weights[(head * queries + query) * keys + token]);

customElements.define('diffusion-cross-attention', DiffusionCrossAttention);
