// Pictures of the reader's own as a data set: a folder or a zip, dropped here or chosen.

import { html, nothing, unsafeCSS } from 'lit';
import { dataSets } from '../data-sets.js';
import { acceptDrops, chooseFiles } from '../drop-zone.js';
import { chosenFiles, droppedFiles } from '../dropped-files.js';
import { whole } from '../format.js';
import { fill, strings } from '../language.js';
import { MOST_FILES, readPictures } from '../read-pictures.js';
import './control.js';
import { PlaygroundElement } from './element.js';
import style from './open.css' with { type: 'text' };
import own from './own-data.css' with { type: 'text' };

/** @typedef {import('../open-model.js').PlacedFile} PlacedFile */

const LIMIT = { most: MOST_FILES, advice: /** @type {const} */ ('adviceData') };
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
        <p>${strings.ownData.drop}</p>
        <div class="buttons">
          <button type="button" @click=${() => this.#choose(true)}>${strings.ownData.folder}</button>
          <button type="button" @click=${() => this.#choose(false)}>${strings.ownData.files}</button>
        </div>
      </div>
      <p class="help">
        ${strings.ownData.help}
      </p>
      <diffusion-control name="ownInverted"></diffusion-control>
      <div role="status">${this.reading ? this.#progress(this.reading) : summary()}</div>
      ${
        this.problem === undefined
          ? nothing
          : html`<div class="box" role="alert">
              <p>${strings.ownData.problem(this.problem)}</p>
              <button type="button" @click=${() => (this.problem = undefined)}>${strings.ownData.dismiss}</button>
            </div>`
      }
    `;
  }

  /** @param {{ done: number, total: number }} reading */
  #progress({ done, total }) {
    return html`<div class="progress">
      <label for="progress">${strings.ownData.reading(whole(done), whole(total))}</label>
      <progress id="progress" max=${total || nothing} value=${done}></progress>
      <button type="button" @click=${() => this.#abort.abort()}>${strings.ownData.cancel}</button>
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
  const all = fill(classes.length > 1 ? strings.ownData.summaryClasses : strings.ownData.summary, {
    title: html`<b>${title}</b>`,
    pictures: whole(labels.length),
    classes: classes.length,
    counts: strings.format.list(counts),
  });
  const named = strings.format.list(skipped.slice(0, NAMED));
  return html`<p class="summary">${all}</p>
    ${
      skipped.length
        ? html`<p class="summary skipped">
            ${
              skipped.length > NAMED
                ? strings.ownData.skippedMore(named, whole(skipped.length - NAMED))
                : strings.ownData.skipped(named)
            }
          </p>`
        : nothing
    }`;
}

customElements.define('diffusion-own-data', DiffusionOwnData);
