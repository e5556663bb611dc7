// The network that is drawn, and what one of its blocks did with one example.

import { client } from './client.js';
import { run } from './run.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'network'>} NetworkView */
/** @typedef {import('./messages.js').MessageOf<'probe'>} ProbeView */
/** @typedef {import('../pkg/diffusion_playground.js').Block} Block */
/** @typedef {Extract<import('./messages.js').Request, { type: 'inspect' }>} InspectRequest */
/** @typedef {Extract<import('./messages.js').Request, { type: 'probe' }>} ProbeRequest */

/** While training goes on, a look is repeated after so long. */
const AGAIN_MS = 1500;

/** Blocks with something to look at. */
const PROBED = /^(down_blocks\.\d+|mid_block|up_blocks\.\d+|blocks\.\d+)$/;

class NetworkStore extends Store {
  /** @type {NetworkView | undefined} */
  view;
  /** @type {ProbeView | undefined} */
  probe;
  /** The path of the block that is opened. @type {string | undefined} */
  opened;
  /** The layers asked for last. */
  #inspected = '';
  /** The look asked for last, the step that the network had then, and when. */
  #looked = { request: '', step: 0, at: 0 };
  /** A look is on its way; the next waits for its answer. */
  #waiting = false;

  constructor() {
    super();
    client.on('network', (view) => {
      this.view = view;
      if (!this.block) this.opened = undefined;
      this.changed();
    });
    client.on('probe', (probe) => {
      this.#waiting = false;
      this.probe = probe;
      this.changed();
    });
    client.on('error', ({ at }) => {
      if (at === 'network') this.#waiting = false;
    });
    client.on('run', () => {
      this.#looked.request = '';
      this.probe = undefined;
    });
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => this.#forget());
    }
  }

  /** The name of the network of section two. */
  get own() {
    return run.phase === 'none' ? settings.get('preset') : (run.config.preset ?? 'unet');
  }

  /** The name of the network that is to be drawn. @returns {InspectRequest['network']} */
  get name() {
    const name = settings.get('diagram');
    return name === 'own' ? this.own : name;
  }

  /** @returns {Block | undefined} */
  get block() {
    return this.view?.blocks.find(({ name }) => name === this.opened);
  }

  /** Why there is nothing to see of the opened block. @returns {'shapes' | 'plain' | 'none' | undefined} */
  get blind() {
    if (this.name !== this.own) return 'shapes';
    if (!PROBED.test(this.opened ?? '')) return 'plain';
    return run.phase === 'none' ? 'none' : undefined;
  }

  /** @param {string} name */
  open(name) {
    this.opened = this.opened === name ? undefined : name;
    this.probe = undefined;
    this.#looked.request = '';
    this.changed();
  }

  /** Asks for what is to be drawn and has not been asked for. */
  ask() {
    /** @type {InspectRequest} */
    const request = { type: 'inspect', network: this.name, batch: settings.get('diagramBatch') };
    const asked = JSON.stringify(request);
    if (asked !== this.#inspected) {
      this.#inspected = asked;
      client.send(request);
    }
    this.#look();
  }

  #look() {
    if (!this.opened || this.blind || this.#waiting || !client.has('test')) return;
    /** @type {ProbeRequest} */
    const request = {
      type: 'probe',
      block: this.opened,
      image: settings.get('image'),
      // At t = 0 there is no noise, and the network is never asked.
      t: Math.max(1, settings.get('t')),
      noiseSeed: settings.get('noiseSeed'),
    };
    const asked = JSON.stringify(request);
    const { request: last, step, at } = this.#looked;
    const now = performance.now();
    if (asked === last && (step === run.step || now - at < AGAIN_MS)) return;
    this.#looked = { request: asked, step: run.step, at: now };
    this.#waiting = true;
    client.send(request);
  }

  #forget() {
    this.view = undefined;
    this.probe = undefined;
    this.#inspected = '';
    this.#looked.request = '';
    this.#waiting = false;
    this.changed();
  }
}

export const network = new NetworkStore();
