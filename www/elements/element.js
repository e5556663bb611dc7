// What all elements have in common: the shared style sheet, and subscriptions that end with the element.

import { LitElement, unsafeCSS } from 'lit';
import { client } from '../client.js';
import { settings } from '../settings.js';
import shared from './shared.css' with { type: 'text' };

/** @typedef {import('../messages.js').Message} Message */

export class PlaygroundElement extends LitElement {
  static styles = [unsafeCSS(shared)];

  /**
   * In a host's page, rem is the host's and the window is wider than the column: the custom property --rem stands for
   * the one, the nearest container for the other.
   * @param {import('lit').CSSResultGroup} [styles]
   */
  static finalizeStyles(styles) {
    return LitElement.finalizeStyles(styles).map((style) => {
      if (!('cssText' in style)) return style;
      const text = style.cssText.replace(/(\d*\.?\d+)rem\b/g, 'calc($1 * var(--rem, 1rem))');
      return unsafeCSS(text.replaceAll('@media (width', '@container (width'));
    });
  }

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

  /** Those of the embedded element around this one, else the page's. @returns {import('../settings.js').Settings} */
  get settings() {
    for (let node = /** @type {Node & { ownSettings?: any } | undefined} */ (this); node; ) {
      if (node.ownSettings) return node.ownSettings;
      node = /** @type {ShadowRoot} */ (node.getRootNode()).host;
    }
    return settings;
  }

  /** Draws anew when the reader's colours change, which nothing follows that is painted on a canvas. */
  watchColours() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const repaint = () => this.requestUpdate();
    dark.addEventListener('change', repaint);
    this.#ends.push(() => dark.removeEventListener('change', repaint));
  }

  /** Keeps the module running as long as this element is on the page. */
  hold() {
    this.#ends.push(client.hold());
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
