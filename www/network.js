// The network that is drawn, and what one of its blocks did with one example.

import { client } from './client.js';
import { Question } from './question.js';
import { run } from './run.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'network'>} NetworkView */
/** @typedef {import('./messages.js').MessageOf<'probe'>} ProbeView */
/** @typedef {import('../pkg/diffusion_playground.js').Block} Block */
/** @typedef {Extract<import('./messages.js').Request, { type: 'inspect' }>} InspectRequest */

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
  #question = new Question('probe', 'network');

  constructor() {
    super();
    client.on('network', (view) => {
      this.view = view;
      if (!this.block) this.opened = undefined;
      this.changed();
    });
    client.on('probe', (probe) => {
      this.probe = probe;
      this.changed();
    });
    client.on('run', () => {
      this.probe = undefined;
      this.changed();
    });
    // Another one is the opened one then, or none is.
    for (const change of /** @type {const} */ (['opened', 'closed', 'run'])) {
      client.on(change, () => {
        if (this.name !== 'opened') return;
        this.#inspected = '';
        this.changed();
      });
    }
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

  /** Why there is nothing to see of the opened block. @returns {'shapes' | 'plain' | 'none' | 'other' | undefined} */
  get blind() {
    if (this.name !== this.own) return 'shapes';
    if (!PROBED.test(this.opened ?? '')) return 'plain';
    if (run.phase === 'none') return 'none';
    return run.takesImages ? undefined : 'other';
  }

  /** @param {string} name */
  open(name) {
    this.opened = this.opened === name ? undefined : name;
    this.probe = undefined;
    this.#question.forget();
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
    if (!this.opened || this.blind) return;
    this.#question.ask({
      type: 'probe',
      block: this.opened,
      image: settings.get('image'),
      own: settings.picture,
      // At t = 0 there is no noise, and the network is never asked.
      t: Math.max(1, settings.get('t')),
      noiseSeed: settings.get('noiseSeed'),
    });
  }

  #forget() {
    this.view = undefined;
    this.probe = undefined;
    this.#inspected = '';
    this.changed();
  }
}

export const network = new NetworkStore();
