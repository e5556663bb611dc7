// The one line from the page to the module, shared by every element. The first request starts it.

import { connect } from './connection.js';

/** @typedef {import('./messages.js').Request} Request */
/** @typedef {import('./messages.js').Message} Message */
/** @typedef {Message['type']} MessageType */

/** Messages that a latecomer has to hear too. */
const STANDING = new Set(['ready', 'data', 'run', 'deviceLost', 'crashed']);

class Client {
  /** @type {Map<string, Set<(message: any) => void>>} */
  #handlers = new Map();
  /** @type {Map<string, Message>} */
  #standing = new Map();
  /** @type {import('./connection.js').Connection | undefined} */
  #connection;

  /** @param {Request} request */
  send(request) {
    this.#start().post(request);
  }

  /**
   * @template {MessageType} T
   * @param {T} type
   * @param {(message: import('./messages.js').MessageOf<T>) => void} handler
   * @returns {() => void} ends the subscription
   */
  on(type, handler) {
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers.add(handler));
    for (const message of this.#standing.values()) {
      if (message.type === type) handler(/** @type {any} */ (message));
    }
    return () => handlers.delete(handler);
  }

  /** Whether a data set has arrived. @param {import('../pkg/diffusion_playground.js').Split} split */
  has(split) {
    return this.#standing.has(`data ${split}`);
  }

  /** Starts the module if nothing has yet. */
  start() {
    this.#start();
  }

  /** After a lost device or a crash: a fresh worker. */
  restart() {
    this.#connection?.close();
    this.#connection = undefined;
    this.#standing.clear();
    this.#tell({ type: 'restarting' });
    this.#start();
  }

  #start() {
    this.#connection ??= connect((message) => this.#tell(message));
    return this.#connection;
  }

  /** @param {Message} message */
  #tell(message) {
    if (STANDING.has(message.type)) {
      this.#standing.set(message.type === 'data' ? `data ${message.split}` : message.type, message);
    }
    for (const handler of this.#handlers.get(message.type) ?? []) handler(message);
  }
}

export const client = new Client();
