// The current value of every property. It starts from the address (#t=400&schedule=cosine) and is written back there, so
// that an address can be shared.

import { names, parse, propertyOf } from './properties.js';
import { Store } from './store.js';

/** @typedef {import('./properties.js').Name} Name */
/** @typedef {import('./properties.js').Values} Values */

const WRITE_DELAY_MS = 300;

class Settings extends Store {
  /** @type {Map<Name, number | string>} */
  #values = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pendingWrite;

  /** Sentences about what the address asked for in vain. @type {string[]} */
  complaints = [];

  constructor() {
    super();
    this.#readAddress();
    addEventListener('hashchange', () => {
      this.#readAddress();
      this.changed();
    });
  }

  /**
   * @template {Name} N
   * @param {N} name
   * @returns {Values[N]}
   */
  get(name) {
    return /** @type {Values[N]} */ (this.#values.get(name) ?? propertyOf(name).default);
  }

  /**
   * @param {Name} name
   * @param {number | string} value a valid one: see `parse`
   */
  set(name, value) {
    if (this.get(name) === value) return;
    this.#values.set(name, value);
    this.changed();
    clearTimeout(this.#pendingWrite);
    this.#pendingWrite = setTimeout(() => this.#writeAddress(), WRITE_DELAY_MS);
  }

  /**
   * What an element's attribute says holds where the address says nothing.
   * @param {Name} name
   * @param {string} text
   */
  adopt(name, text) {
    if (this.#values.has(name)) return;
    this.#take(name, text, 'The attribute');
    this.changed();
  }

  #readAddress() {
    this.complaints = [];
    for (const [key, text] of new URLSearchParams(location.hash.slice(1))) {
      const name = names.find((known) => known === key);
      if (name) this.#take(name, text, 'The address');
      else if (text) this.complaints.push(`The address sets “${key}”, which this page does not know.`);
    }
  }

  /** @param {Name} name @param {string} text @param {string} source */
  #take(name, text, source) {
    const parsed = parse(name, text);
    if ('value' in parsed) {
      this.#values.set(name, parsed.value);
    } else {
      this.complaints.push(
        `${source} sets ${name} to “${text}”, but it ${parsed.complaint}; ${this.get(name)} is used instead.`,
      );
    }
  }

  #writeAddress() {
    const changed = names.filter((name) => this.get(name) !== propertyOf(name).default);
    const hash = new URLSearchParams(changed.map((name) => [name, `${this.get(name)}`]));
    history.replaceState(null, '', `${location.pathname}${location.search}${hash.size ? `#${hash}` : ''}`);
  }
}

export const settings = new Settings();
