// The current value of every property.

import { strings } from './language.js';
import { names, parse, propertyOf } from './properties.js';
import { Store } from './store.js';

/** @typedef {import('./properties.js').Name} Name */
/** @typedef {import('./properties.js').Values} Values */

/** What each embedded element decides for itself. All else is about the one network of the page. */
const OWN_SECTIONS = new Set(['forward']);

export class Settings extends Store {
  /** @type {Map<Name, number | string>} */
  #values = new Map();
  #shared;

  /** @param {Settings} [shared] where what is not one's own is found; without it everything is one's own */
  constructor(shared) {
    super();
    this.#shared = shared;
    shared?.subscribe(() => this.changed());
  }

  /** Sentences about what was asked for in vain. @type {string[]} */
  complaints = [];

  /**
   * A picture of the reader's own, in the place of the test image: 28x28 bytes, 255 is white. No address holds it, so it is
   * no property.
   * @type {Uint8Array | undefined}
   */
  picture;

  /** @param {Uint8Array | undefined} picture none: the test image again */
  setPicture(picture) {
    this.picture = picture;
    this.changed();
  }

  /**
   * @template {Name} N
   * @param {N} name
   * @returns {Values[N]}
   */
  get(name) {
    if (this.#shared && !OWN_SECTIONS.has(propertyOf(name).section)) return this.#shared.get(name);
    return /** @type {Values[N]} */ (this.#values.get(name) ?? propertyOf(name).default);
  }

  /**
   * @param {Name} name
   * @param {number | string} value a valid one: see `parse`
   */
  set(name, value) {
    if (this.get(name) === value) return;
    if (this.#shared && !OWN_SECTIONS.has(propertyOf(name).section)) {
      this.#shared.set(name, value);
      return;
    }
    this.#values.set(name, value);
    this.changed();
  }

  /**
   * What an element's attribute says holds where the address says nothing.
   * @param {Name} name
   * @param {string} text
   */
  adopt(name, text) {
    if (this.#values.has(name)) return;
    this.take(name, text, strings.address.theAttribute);
    this.changed();
  }

  /**
   * A value that came as text, or a complaint about it.
   * @param {Name} name
   * @param {string} text
   * @param {string} source
   */
  take(name, text, source) {
    const parsed = parse(name, text, strings.complaints);
    if ('value' in parsed) {
      this.#values.set(name, parsed.value);
    } else {
      this.complaints.push(strings.address.wrong(source, name, text, parsed.complaint, this.get(name)));
    }
  }

  /** What is not as it would be by itself. @returns {[Name, number | string][]} */
  changes() {
    return names.flatMap((name) => {
      const value = this.get(name);
      return value === propertyOf(name).default ? [] : [[name, value]];
    });
  }
}

export const settings = new Settings();
