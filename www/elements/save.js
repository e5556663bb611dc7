// The network as files to keep: to go on with here, or in Python.

import { zipSync } from 'fflate';
import { html, nothing } from 'lit';
import { download } from '../download.js';
import { strings } from '../language.js';
import { model } from '../model.js';
import { run } from '../run.js';
import { PlaygroundElement } from './element.js';
import './notice.js';

/** @typedef {import('../../pkg/diffusion_playground.js').SaveFormat} SaveFormat */
/** @typedef {import('../messages.js').MessageOf<'saved'>} Saved */

export class DiffusionSave extends PlaygroundElement {
  static properties = { saving: { state: true }, saved: { state: true } };

  constructor() {
    super();
    /** @type {SaveFormat | undefined} */
    this.saving = undefined;
    /** @type {{ name: string, warnings: string[] } | undefined} */
    this.saved = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(model);
    this.watch(run);
    this.listen('saved', (saved) => saved.format === this.saving && this.#keep(saved));
    this.listen('error', ({ at }) => at === 'save' && this.#idle());
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      this.listen(end, () => this.#idle());
    }
  }

  render() {
    const busy = this.saving !== undefined;
    // Of what was opened, only a checkpoint of ours holds a whole run.
    const hasRun = model.opened ? model.opened.run !== undefined : run.phase !== 'none';
    return html`
      <div class="toolbar" role="group" aria-label=${strings.open.saving}>
        <button type="button" ?disabled=${busy || !hasRun} @click=${() => this.#save('checkpoint')}>
          ${strings.open.checkpoint}
        </button>
        <button type="button" ?disabled=${busy || !model.exists} @click=${() => this.#save('diffusers')}>
          ${strings.open.diffusers}
        </button>
        <p class="status" role="status">${this.#words(hasRun)}</p>
      </div>
      <diffusion-notice place="save"></diffusion-notice>
    `;
  }

  /** @param {boolean} hasRun */
  #words(hasRun) {
    if (this.saving) return strings.open.readingBack;
    if (!model.exists) return strings.open.noNetwork;
    if (!this.saved) return hasRun ? nothing : strings.open.onlyRuns;
    return [
      strings.open.saved(this.saved.name),
      ...this.saved.warnings.map((warning) => ` ${strings.open.note(warning)}`),
    ];
  }

  /** @param {SaveFormat} format */
  #save(format) {
    this.saving = format;
    this.saved = undefined;
    model.save(format);
  }

  /** @param {Saved} saved */
  #keep({ format, files, warnings }) {
    const stem = `diffusion-${model.fileStem}`;
    const isFolder = format === 'diffusers';
    const name = isFolder ? `${stem}-diffusers.zip` : `${stem}.safetensors`;
    const entries = files.map(({ path, bytes }) => [`${stem}/${path}`, bytes]);
    // Weights do not shrink by compression.
    const bytes = isFolder ? zipSync(Object.fromEntries(entries), { level: 0 }) : files[0].bytes;
    download(name, new Blob([/** @type {BlobPart} */ (bytes)]));
    this.saved = { name, warnings };
    this.saving = undefined;
  }

  #idle() {
    this.saving = undefined;
  }
}

customElements.define('diffusion-save', DiffusionSave);
