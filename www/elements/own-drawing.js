// A drawing of the reader's own in the place of the test image. It is the same drawing as in the section on steering.

import { html, nothing, unsafeCSS } from 'lit';
import { drawing } from '../drawing.js';
import { strings } from '../language.js';
import './drawing-pad.js';
import { PlaygroundElement } from './element.js';
import style from './own-drawing.css' with { type: 'text' };

export class DiffusionOwnDrawing extends PlaygroundElement {
  static properties = { isOpen: { state: true } };
  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  constructor() {
    super();
    this.isOpen = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.settings);
    this.watch(drawing);
  }

  render() {
    return html`<button
        type="button"
        aria-expanded=${this.isOpen ? 'true' : 'false'}
        @click=${() => (this.isOpen = !this.isOpen)}
      >
        ${strings.forward.drawOne}
      </button>
      ${this.isOpen ? this.#pad() : nothing}`;
  }

  #pad() {
    const pixels = drawing.picture?.pixels;
    return html`<div class="pad">
      <diffusion-drawing-pad
        label=${pixels ? strings.forward.yourDrawing : strings.forward.emptyPad}
        .strokes=${drawing.strokes}
        @strokes=${(/** @type {CustomEvent<import('../drawing.js').Stroke[]>} */ { detail }) => this.#draw(detail)}
      ></diffusion-drawing-pad>
      <div>
        <button
          type="button"
          ?disabled=${!pixels || this.settings.picture === pixels}
          @click=${() => this.settings.setPicture(pixels)}
        >
          ${strings.forward.useDrawing}
        </button>
        <p class="help">${strings.forward.howToDraw}</p>
      </div>
    </div>`;
  }

  /** What is drawn here is noised at once. @param {import('../drawing.js').Stroke[]} strokes */
  async #draw(strokes) {
    const wasUsed = this.settings.picture === drawing.picture?.pixels;
    await drawing.draw(strokes);
    if (drawing.strokes !== strokes) return;
    if (drawing.picture || wasUsed) this.settings.setPicture(drawing.picture?.pixels);
  }
}

customElements.define('diffusion-own-drawing', DiffusionOwnDrawing);
