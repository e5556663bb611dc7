// Everything on a page that computes shares one worker, and with it one GPU device, whichever script it came with: the
// article, embedded elements, the library. They meet under a symbol that all scripts of one version know.

import { connect } from './connection.js';

/** @typedef {import('./messages.js').Request} Request */
/** @typedef {import('./messages.js').Message} Message */
/** @typedef {import('./connection.js').Options} Options */

/**
 * @typedef {object} Membership
 * @property {(request: Request) => void} post
 * @property {() => void} restart a fresh worker for everyone, after a lost device or a crash
 * @property {() => void} leave the last to leave ends the worker
 */

const KEY = Symbol.for('diffusion-playground');

/** Messages that a latecomer has to hear too. */
const STANDING = new Set(['ready', 'data', 'run', 'deviceLost', 'crashed']);

class Shared {
  /** @type {Set<(message: Message) => void>} */
  #members = new Set();
  /** @type {Map<string, Message>} */
  #standing = new Map();
  /** Who asked for what is answered in the order of asking: the answer is theirs alone. @type {((message: Message) => void)[]} */
  #askers = [];
  /** @type {import('./connection.js').Connection | undefined} */
  #connection;
  /** @type {Options} */
  #options = {};

  /**
   * @param {(message: Message) => void} receive
   * @param {Options} options count where they are the first's
   * @returns {Membership}
   */
  join(receive, options) {
    if (!this.#members.size) this.#options = options;
    this.#members.add(receive);
    // Not before the newcomer knows that it has joined.
    queueMicrotask(() => {
      if (!this.#members.has(receive)) return;
      for (const message of this.#standing.values()) receive(message);
    });
    this.#start();
    return {
      post: (request) => {
        if (!this.#members.has(receive)) return;
        if (request.type === 'schedule' || request.type === 'forward') this.#askers.push(receive);
        this.#start().post(request);
      },
      restart: () => {
        if (!this.#members.has(receive)) return;
        this.#end();
        this.#toAll({ type: 'restarting' });
        this.#start();
      },
      leave: () => {
        this.#members.delete(receive);
        if (!this.#members.size) this.#end();
      },
    };
  }

  #start() {
    if (!this.#connection) {
      const connection = connect((message) => {
        // The last words of a worker that was replaced concern nobody.
        if (connection === this.#connection) this.#tell(message);
      }, this.#options);
      this.#connection = connection;
    }
    return this.#connection;
  }

  #end() {
    this.#connection?.close();
    this.#connection = undefined;
    this.#standing.clear();
    this.#askers = [];
  }

  /** @param {Message} message */
  #tell(message) {
    if (STANDING.has(message.type)) {
      this.#standing.set(message.type === 'data' ? `data ${message.split}` : message.type, message);
    }
    const answers = message.type === 'schedule' || message.type === 'forward';
    const asker =
      answers || (message.type === 'error' && message.at === 'forward') ? this.#askers.shift() : undefined;
    if (!asker) this.#toAll(message);
    else if (this.#members.has(asker)) asker(message);
  }

  /** @param {Message} message */
  #toAll(message) {
    for (const receive of [...this.#members]) receive(message);
  }
}

/**
 * Joins those who share this version's worker; the first starts it.
 * @param {(message: Message) => void} receive
 * @param {Options} [options]
 */
export function join(receive, options = {}) {
  const page = /** @type {{ [KEY]?: Map<string, Shared> }} */ (globalThis);
  page[KEY] ??= new Map();
  let shared = page[KEY].get(VERSION);
  if (!shared) {
    shared = new Shared();
    page[KEY].set(VERSION, shared);
  }
  return shared.join(receive, options);
}
