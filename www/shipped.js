// The trained models that come with the page: what there is, and how one is opened.

import { fetchKept, forget, keep } from './kept-files.js';
import { model } from './model.js';
import manifest from './models/manifest.json' with { type: 'json' };
import { run } from './run.js';
import { Store } from './store.js';

/** @typedef {(typeof manifest)['models'][number]} ShippedModel */

/** A file is found by its address and its hash: new weights are other files, and this stays. */
const CACHE = 'diffusion-playground-models-1';

/** In the order in which they are offered. */
export const models = manifest.models;

/** @param {ShippedModel} shipped */
const address = ({ file, sha256 }) =>
  `${new URL(`./models/${file}`, import.meta.url).href}?${sha256.slice(0, 16)}`;

/** @param {ShippedModel} shipped @param {import('./kept-files.js').Options} options */
export const fetchShipped = (shipped, options) => fetchKept(CACHE, address(shipped), options);

/** What was right, for the next time. @param {ShippedModel} shipped @param {Uint8Array} bytes */
export const keepShipped = (shipped, bytes) => keep(CACHE, address(shipped), bytes);

/** What was not. @param {ShippedModel} shipped */
export const forgetShipped = (shipped) => forget(CACHE, address(shipped));

class Shipped extends Store {
  /** The one that was asked for last. @type {ShippedModel | undefined} */
  wanted;
  /** Why it is not there. @type {string | undefined} */
  problem;
  /** Nobody asked for what is being opened: it makes way for whatever a visitor begins. */
  #unasked = false;

  constructor() {
    super();
    run.subscribe(() => {
      if (this.#unasked && run.phase !== 'none') model.cancel();
    });
  }

  /** Opens one where there is nothing yet that draws. @param {string} name */
  async openUnasked(name) {
    if (model.exists || model.opening) return;
    this.#unasked = true;
    await this.open(name);
    this.#unasked = false;
  }

  /** @param {string} name */
  async open(name) {
    const shipped = models.find((model) => model.name === name);
    if (!shipped) return;
    /** @type {Uint8Array | undefined} */
    let bytes;
    this.#update({ wanted: shipped, problem: undefined });
    const opened = await model.open(async (signal, onProgress) => {
      bytes = await fetchShipped(shipped, { signal, onProgress });
      const file = new File([/** @type {BlobPart} */ (bytes)], shipped.file);
      // What is opened has the name of its folder.
      return { files: [{ path: `${shipped.label}/${shipped.file}`, file }] };
    });
    if (opened && bytes) return await keepShipped(shipped, bytes);
    if (opened === undefined) return;
    if (bytes) await forgetShipped(shipped);
    // Said where it was asked for, not where files of one's own are opened.
    this.#update({ problem: model.problem });
    model.complain(undefined);
  }

  /** The one that draws now. */
  get current() {
    const { opened } = model;
    return opened && models.find(({ label }) => label === opened.name);
  }

  /** @param {Partial<Shipped>} change */
  #update(change) {
    Object.assign(this, change);
    this.changed();
  }
}

export const shipped = new Shipped();
