// The one line from these elements to the module. The first element that works with it starts it, the last ends it.

import { join } from './sharing.js';

/** @typedef {import('./messages.js').Request} Request */
/** @typedef {import('./messages.js').Message} Message */
/** @typedef {Message['type']} MessageType */

/** Messages that a latecomer has to hear too. */
const STANDING = new Set(['ready', 'data', 'run', 'deviceLost', 'crashed']);

class Client {
  /** How the module is started, where nobody else on the page has. @type {import('./connection.js').Options} */
  options = {};
  /** @type {Map<string, Set<(message: any) => void>>} */
  #handlers = new Map();
  /** @type {Map<string, Message>} */
  #standing = new Map();
  /** @type {import('./sharing.js').Membership | undefined} */
  #membership;
  #holders = 0;
  /** Who awaits the answers, in the order of asking. @type {(((answer: any) => void) | undefined)[]} */
  #askers = [];

  /**
   * @param {Request} request
   * @param {(answer: import('./messages.js').MessageOf<'forward'>) => void} [answered] with the answer to this very
   *   request, where it is for a noised image
   */
  send(request, answered) {
    if (request.type === 'schedule' || request.type === 'forward') this.#askers.push(answered);
    this.#join().post(request);
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

  /**
   * Starts the module if nothing has yet, and keeps it.
   * @returns {() => void} lets it go: without holders it ends
   */
  hold() {
    this.#holders++;
    this.#join();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders--;
      // An element that only moves within the page leaves it and comes back at once.
      setTimeout(() => this.#holders || this.#leave());
    };
  }

  /** After a lost device or a crash: a fresh worker. */
  restart() {
    this.#join().restart();
  }

  #join() {
    this.#membership ??= join((message) => this.#tell(message), this.options);
    return this.#membership;
  }

  #leave() {
    this.#membership?.leave();
    this.#membership = undefined;
    this.#tell({ type: 'restarting' });
  }

  /** @param {Message} message */
  #tell(message) {
    if (message.type === 'restarting') {
      this.#standing.clear();
      this.#askers = [];
    }
    if (STANDING.has(message.type)) {
      this.#standing.set(message.type === 'data' ? `data ${message.split}` : message.type, message);
    }
    const answers = message.type === 'schedule' || message.type === 'forward';
    const asker =
      answers || (message.type === 'error' && message.at === 'forward') ? this.#askers.shift() : undefined;
    for (const handler of this.#handlers.get(message.type) ?? []) handler(message);
    if (answers) asker?.(message);
  }
}

export const client = new Client();
