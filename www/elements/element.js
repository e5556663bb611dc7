// What all elements have in common: the shared style sheet, and subscriptions that end with the element.

import { LitElement, unsafeCSS } from 'lit';
import { client } from '../client.js';
import shared from './shared.css' with { type: 'text' };

/** @typedef {import('../messages.js').Message} Message */

export class PlaygroundElement extends LitElement {
  static styles = [unsafeCSS(shared)];

  /** @type {(() => void)[]} */
  #ends = [];

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const end of this.#ends.splice(0)) end();
  }

  /** Draws anew whenever the store changes. @param {import('../store.js').Store} store */
  watch(store) {
    this.#ends.push(store.subscribe(() => this.requestUpdate()));
  }

  /**
   * @template {Message['type']} T
   * @param {T} type
   * @param {(message: import('../messages.js').MessageOf<T>) => void} handler
   */
  listen(type, handler) {
    this.#ends.push(client.on(type, handler));
  }
}
