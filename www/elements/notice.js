// Where a section says what went wrong, how far a download is, and what can be done about it.

import { html, nothing, unsafeCSS } from 'lit';
import { client } from '../client.js';
import { megabytes, sentence } from '../format.js';
import { strings } from '../language.js';
import { PlaygroundElement } from './element.js';
import style from './notice.css' with { type: 'text' };

/** @typedef {import('../../pkg/diffusion_playground.js').Place} Place */
/** @typedef {import('../../pkg/diffusion_playground.js').Split} Split */
/** @typedef {import('../messages.js').MessageOf<'progress'>} Progress */

/** What is faster than this shows no bar. */
const PATIENCE_MS = 500;

export class DiffusionNotice extends PlaygroundElement {
  static properties = {
    place: { type: String },
    split: { type: String },
    problem: { state: true },
    lost: { state: true },
    failed: { state: true },
    progress: { state: true },
  };

  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  /** @type {number | undefined} */
  #downloadBegan;

  constructor() {
    super();
    /** @type {Place} whose errors are said here */
    this.place = 'device';
    /** @type {Split | undefined} whose download is shown here */
    this.split = undefined;
    /** @type {string | undefined} */
    this.problem = undefined;
    /** Why the worker is gone. @type {string | undefined} */
    this.lost = undefined;
    /** Why the download failed. @type {string | undefined} */
    this.failed = undefined;
    /** @type {Progress | undefined} */
    this.progress = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('error', (error) => this.#onError(error));
    this.listen('progress', (progress) => this.#onProgress(progress));
    this.listen('data', ({ split }) => split === this.split && this.#endDownload(undefined));
    this.listen('downloadFailed', ({ split, message }) => split === this.split && this.#endDownload(message));
    this.listen('deviceLost', ({ message }) => this.#end(strings.notice.deviceLost(message)));
    this.listen('crashed', ({ message }) => this.#end(strings.notice.stopped(message)));
    this.listen('restarting', () => this.#end(undefined));
  }

  render() {
    if (this.lost !== undefined) {
      // Said in every section, and aloud in one.
      return html`<div class="box" role=${this.place === 'device' ? 'alert' : nothing}>
        <p>${strings.notice.gone(sentence(this.lost))}</p>
        <button type="button" @click=${() => client.restart()}>${strings.notice.restart}</button>
      </div>`;
    }
    return [this.#download(), this.#problem()];
  }

  #download() {
    if (!this.split) return nothing;
    const name = strings.notice.splits[this.split];
    if (this.failed !== undefined) {
      return html`<div class="box" role="alert">
        <p>${strings.notice.missing(name, sentence(this.failed))}</p>
        <button type="button" @click=${this.#retry}>${strings.notice.again}</button>
      </div>`;
    }
    if (!this.progress) return nothing;
    const { loaded, total } = this.progress;
    return html`<div class="download">
      <label for="progress">
        ${
          total
            ? strings.notice.downloadingOf(name, megabytes(loaded), megabytes(total))
            : strings.notice.downloading(name, megabytes(loaded))
        }
      </label>
      <progress id="progress" max=${total || nothing} value=${total ? loaded : nothing}></progress>
    </div>`;
  }

  #problem() {
    if (this.problem === undefined) return nothing;
    return html`<div class="box" role="alert">
      <p>${sentence(this.problem)}</p>
      <button type="button" @click=${() => (this.problem = undefined)}>${strings.notice.dismiss}</button>
    </div>`;
  }

  /** @param {import('../messages.js').MessageOf<'error'>} error */
  #onError({ at, message }) {
    if (at === this.place) this.problem = message;
  }

  /** @param {Progress} progress */
  #onProgress(progress) {
    if (progress.split !== this.split) return;
    this.#downloadBegan ??= performance.now();
    this.failed = undefined;
    if (performance.now() - this.#downloadBegan > PATIENCE_MS) this.progress = progress;
  }

  /** @param {string | undefined} failed */
  #endDownload(failed) {
    this.#downloadBegan = undefined;
    this.progress = undefined;
    this.failed = failed;
  }

  /** @param {string | undefined} lost */
  #end(lost) {
    this.#endDownload(undefined);
    this.problem = undefined;
    this.lost = lost;
  }

  #retry() {
    this.failed = undefined;
    this.problem = undefined;
    if (this.split) client.send({ type: 'download', split: this.split });
  }
}

customElements.define('diffusion-notice', DiffusionNotice);
