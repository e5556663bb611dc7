// The run of the last visit: whenever a run pauses its checkpoint is put into this browser's cache, and can be opened the
// next time. Only the article keeps runs, not the views in pages of others.

import { client } from './client.js';
import { model } from './model.js';
import { run } from './run.js';
import { Store } from './store.js';

/** @typedef {{ preset: string, step: number, bytes: number, at: number }} Card */

const CACHE = 'diffusion-playground-last-run';
const ADDRESS = new URL('./last-run', import.meta.url).href;
/** What the cache says about it. */
const CARD = 'x-card';
/** Fewer steps are soon taken again. */
const LEAST_STEPS = 50;

class LastRun extends Store {
  /** Of an earlier visit; nothing where there is none, or once this visit's run has taken its place. @type {Card | undefined} */
  card;
  #saving = false;
  #savedStep = 0;

  constructor() {
    super();
    this.#find();
    run.subscribe(() => run.phase === 'paused' && this.#save());
    document.addEventListener('visibilitychange', () => document.hidden && this.#save());
    client.on('saved', (saved) => this.#saving && this.#keep(saved));
    for (const end of /** @type {const} */ (['error', 'restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => (this.#saving = false));
    }
  }

  /** Has it draw. @param {string} name what it is called then */
  async open(name) {
    await model.open(async () => {
      const kept = await caches.match(ADDRESS);
      if (!kept) throw new Error('this browser has cleared it away');
      const file = new File([await kept.blob()], 'last-run.safetensors');
      return { files: [{ path: `${name}/${file.name}`, file }] };
    });
  }

  async forget() {
    this.#show(undefined);
    await caches.delete(CACHE);
  }

  async #find() {
    // A browser that keeps nothing has nothing.
    const kept = await globalThis.caches?.match(ADDRESS).catch(() => undefined);
    const card = kept?.headers.get(CARD);
    if (card) this.#show(JSON.parse(card));
  }

  #save() {
    const isNew = run.step >= LEAST_STEPS && run.step !== this.#savedStep;
    if (!isNew || this.#saving || model.opened || !run.takesImages || !globalThis.caches) return;
    this.#saving = true;
    this.#savedStep = run.step;
    model.save('checkpoint');
  }

  /** @param {import('./messages.js').MessageOf<'saved'>} saved */
  async #keep({ format, files }) {
    if (format !== 'checkpoint') return;
    this.#saving = false;
    const [{ bytes }] = files;
    /** @type {Card} */
    const card = {
      preset: run.config.preset ?? '',
      step: this.#savedStep,
      bytes: bytes.length,
      at: Date.now(),
    };
    const response = new Response(/** @type {BodyInit} */ (bytes), {
      headers: { [CARD]: JSON.stringify(card) },
    });
    try {
      const cache = await caches.open(CACHE);
      await cache.put(ADDRESS, response);
      this.#show(undefined);
    } catch (error) {
      console.warn('The run cannot be kept for the next visit:', error);
    }
  }

  /** @param {Card | undefined} card */
  #show(card) {
    this.card = card;
    this.changed();
  }
}

export const lastRun = new LastRun();
