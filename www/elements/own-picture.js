// A picture of the reader's own in the place of the test image: dropped here, pasted, or chosen.

import { html, nothing, unsafeCSS } from 'lit';
import { invert } from '../data-sets.js';
import { decodePicture, SIDE } from '../decode-picture.js';
import { acceptDrops, chooseFiles } from '../drop-zone.js';
import { strings } from '../language.js';
import './control.js';
import { PlaygroundElement } from './element.js';
import style from './own-picture.css' with { type: 'text' };
import './picture.js';

export class DiffusionOwnPicture extends PlaygroundElement {
  static properties = {
    original: { state: true },
    hovering: { state: true },
    problem: { state: true },
  };

  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  /** What it became. @type {Uint8Array | undefined} */
  #used;

  #paste = (/** @type {ClipboardEvent} */ event) => {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    if (!file || target.closest('input, textarea, [contenteditable]')) return;
    event.preventDefault();
    this.#take(file);
  };

  constructor() {
    super();
    /** As it came, not inverted. @type {Uint8Array | undefined} */
    this.original = undefined;
    /** Files are held over this element. */
    this.hovering = false;
    /** What was wrong with the last one. @type {string | undefined} */
    this.problem = undefined;
    acceptDrops(
      this,
      (hovering) => (this.hovering = hovering),
      ({ files }) => files.length && this.#take(files[0]),
    );
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.settings);
    document.addEventListener('paste', this.#paste);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('paste', this.#paste);
  }

  render() {
    const { original } = this;
    const isUsed = original !== undefined && this.settings.picture === this.#used;
    const frames = original && { width: SIDE, height: SIDE, channels: 1, count: 1, pixels: this.#wanted() };
    return html`<div class=${this.hovering ? 'zone hovering' : 'zone'} role="group" aria-label=${strings.forward.ownGroup}>
        <button
          type="button"
          class="picture"
          aria-label=${strings.forward.yours}
          aria-pressed=${isUsed ? 'true' : 'false'}
          ?disabled=${!original}
          @click=${this.#use}
        >
          <diffusion-picture aria-hidden="true" .frames=${frames}></diffusion-picture>
        </button>
        <div>
          <button type="button" @click=${this.#choose}>${strings.forward.chooseYours}</button>
          <p class="help">${strings.forward.orDrop}</p>
        </div>
        <diffusion-control name="pictureInverted"></diffusion-control>
      </div>
      ${this.problem === undefined ? nothing : html`<p class="complaint" role="alert">${this.problem}</p>`}`;
  }

  updated() {
    // Another inversion makes another picture.
    if (this.#used && this.settings.picture === this.#used && !same(this.#used, this.#wanted())) this.#use();
  }

  /** @param {File} file */
  async #take(file) {
    try {
      this.original = await decodePicture(file);
      this.problem = undefined;
      this.#use();
    } catch {
      this.problem = strings.forward.unreadable(file.name);
    }
  }

  #use() {
    this.#used = this.#wanted();
    this.settings.setPicture(this.#used);
  }

  /** As it shall be used. */
  #wanted() {
    const original = /** @type {Uint8Array} */ (this.original);
    return this.settings.get('pictureInverted') === 'yes' ? invert(original) : original;
  }

  #choose() {
    chooseFiles({ accept: 'image/*' }, ([file]) => this.#take(file));
  }
}

/** @param {Uint8Array} a @param {Uint8Array} b */
const same = (a, b) => a.every((pixel, index) => pixel === b[index]);

customElements.define('diffusion-own-picture', DiffusionOwnPicture);
