// Pictures of the reader's own as a data set: a folder or a zip, dropped here or chosen.

import { html, nothing, unsafeCSS } from 'lit';
import { dataSets } from '../data-sets.js';
import { acceptDrops, chooseFiles } from '../drop-zone.js';
import { chosenFiles, droppedFiles } from '../dropped-files.js';
import { whole } from '../format.js';
import { MOST_FILES, readPictures } from '../read-pictures.js';
import './control.js';
import { PlaygroundElement } from './element.js';
import style from './open.css' with { type: 'text' };
import own from './own-data.css' with { type: 'text' };

/** @typedef {import('../open-model.js').PlacedFile} PlacedFile */

const LIMIT = { most: MOST_FILES, advice: 'choose some of them' };
/** So many names of files are told. */
const NAMED = 5;

export class DiffusionOwnData extends PlaygroundElement {
  static properties = {
    hovering: { state: true },
    reading: { state: true },
    problem: { state: true },
  };

  /** It looks as the place for models does. */
  static styles = [...PlaygroundElement.styles, unsafeCSS(style), unsafeCSS(own)];

  #abort = new AbortController();

  constructor() {
    super();
    /** Files are held over this element. */
    this.hovering = false;
    /** How far the reading is. @type {{ done: number, total: number } | undefined} */
    this.reading = undefined;
    /** What was wrong with the last pictures. @type {string | undefined} */
    this.problem = undefined;
    acceptDrops(
      this,
      (hovering) => (this.hovering = hovering),
      (transfer) => this.#read(droppedFiles(transfer, LIMIT)),
    );
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(dataSets);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#abort.abort();
  }

  render() {
    return html`
      <div class=${this.hovering ? 'zone hovering' : 'zone'}>
        <p>Drop a folder or a zip of pictures here, or</p>
        <div class="buttons">
          <button type="button" @click=${() => this.#choose(true)}>Choose a folder</button>
          <button type="button" @click=${() => this.#choose(false)}>Choose files or a zip</button>
        </div>
      </div>
      <p class="help">
        In the folder, a folder for each class, ten at most; without such folders all pictures are of one class. The middle
        of each becomes 28 × 28 grey pixels. Nothing is uploaded: your pictures stay in this tab.
      </p>
      <diffusion-control name="ownInverted"></diffusion-control>
      <div role="status">${this.reading ? this.#progress(this.reading) : summary()}</div>
      ${
        this.problem === undefined
          ? nothing
          : html`<div class="box" role="alert">
              <p>These pictures cannot be used: ${this.problem}. What was here before still is.</p>
              <button type="button" @click=${() => (this.problem = undefined)}>Dismiss</button>
            </div>`
      }
    `;
  }

  /** @param {{ done: number, total: number }} reading */
  #progress({ done, total }) {
    return html`<div class="progress">
      <label for="progress">Reading picture ${whole(done)} of ${whole(total)}</label>
      <progress id="progress" max=${total || nothing} value=${done}></progress>
      <button type="button" @click=${() => this.#abort.abort()}>Cancel</button>
    </div>`;
  }

  /** @param {boolean} folder */
  #choose(folder) {
    chooseFiles({ multiple: true, folder }, (files) => this.#read(Promise.resolve(chosenFiles(files))));
  }

  /** @param {Promise<PlacedFile[]>} files */
  async #read(files) {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.problem = undefined;
    this.reading = { done: 0, total: 0 };
    try {
      const pictures = await readPictures(await files, {
        signal: abort.signal,
        onProgress: (done, total) => (this.reading = { done, total }),
      });
      dataSets.bring(pictures);
    } catch (error) {
      if (!abort.signal.aborted) this.problem = error instanceof Error ? error.message : `${error}`;
    }
    // Another reading may have begun.
    if (this.#abort === abort) this.reading = undefined;
  }
}

/** What was read. */
function summary() {
  const { own } = dataSets;
  if (!own) return nothing;
  const { title, classes, labels, skipped } = own;
  const counts = classes.map(
    (name, label) => `${name} ${whole(labels.filter((other) => other === label).length)}`,
  );
  const more = skipped.length > NAMED ? ` and ${whole(skipped.length - NAMED)} more` : '';
  return html`<p class="summary">
      <b>${title}</b>: ${whole(labels.length)} pictures${classes.length > 1 ? ` in ${classes.length} classes: ${counts.join(', ')}` : ''}. One in
      ten is kept to test with.
    </p>
    ${
      skipped.length
        ? html`<p class="summary skipped">Skipped, because they cannot be read as pictures: ${skipped.slice(0, NAMED).join(', ')}${more}.</p>`
        : nothing
    }`;
}

customElements.define('diffusion-own-data', DiffusionOwnData);
