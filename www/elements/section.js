// What the sections of the article have in common: the shared style sheet, settings from attributes, subscriptions that
// end with the element.

import { LitElement, unsafeCSS } from 'lit';
import { client } from '../client.js';
import { names, propertyOf } from '../properties.js';
import { settings } from '../settings.js';
import shared from './shared.css' with { type: 'text' };

/** @typedef {import('../messages.js').Message} Message */

export class Section extends LitElement {
  static styles = [unsafeCSS(shared)];

  /** @type {(() => void)[]} */
  #ends = [];

  connectedCallback() {
    super.connectedCallback();
    this.watch(settings);
    client.start();
  }

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

  /**
   * Attributes named as the properties of one section are that section's settings.
   * @param {import('../properties.js').Property['section']} section
   */
  adoptAttributes(section) {
    for (const name of names) {
      const text = this.getAttribute(name);
      if (text !== null && propertyOf(name).section === section) settings.adopt(name, text);
    }
  }
}
