// The data sets: what they are called, what their classes are called, and which of them is looked at and learnt from.

import { client } from './client.js';
import { strings } from './language.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').DataName} DataName */

/** Pictures that the reader brought. @typedef {import('./read-pictures.js').Pictures} Pictures */

/** Those that the page downloads; their packs have the same names (see packs.js). @type {Record<string, string[]>} */
const CLASSES = {
  mnist: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  fashion: [
    ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
    ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
  ],
};

/** @type {Record<string, string>} */
const TITLES = { mnist: 'MNIST', fashion: 'Fashion-MNIST' };

class DataSets extends Store {
  /** What the reader brought. @type {Pictures | undefined} */
  own;
  /** The set whose test images are at hand: the one that is looked at. */
  shown = 'mnist';
  /** Why the chosen set did not come, and which one. @type {{ name: string, message: string } | undefined} */
  problem;
  /** How often pictures were brought: no two sets of them have one name. */
  #count = 0;
  #asked = 'mnist';
  /** What the worker was given. @type {string | undefined} */
  #given;

  constructor() {
    super();
    client.on('data', ({ split, set }) => {
      if (split !== 'test') return;
      this.shown = set;
      this.problem = undefined;
      this.changed();
    });
    client.on('downloadFailed', ({ split, set, message }) => {
      if (split === 'test') this.problem = { name: set, message };
      this.changed();
    });
    client.on('restarting', () => {
      this.#asked = 'mnist';
      this.#given = undefined;
    });
    // A new worker knows MNIST alone.
    client.on('ready', () => this.#follow());
    settings.subscribe(() => this.#follow());
  }

  /** The name of the set that a new run learns from. Before there are pictures of one's own, MNIST stands in for them. */
  get chosen() {
    const name = settings.get('dataSet');
    if (name !== 'own') return name;
    return this.own ? this.#ownName(this.own) : 'mnist';
  }

  /** With its classes, as a run keeps it. @param {string} [name] @returns {DataName} */
  describe(name = this.chosen) {
    const isOwn = this.own !== undefined && name === this.#ownName(this.own);
    return { name, classes: CLASSES[name] ?? (isOwn ? this.own?.classes : undefined) ?? [] };
  }

  /** What the classes of a run's data set are called. Where it does not tell, they are taken to be digits. @param {DataName} [data] */
  classesOf(data) {
    const classes = data?.classes.length ? data.classes : this.describe(data?.name ?? 'mnist').classes;
    return classes.length ? classes : CLASSES.mnist;
  }

  /** Whether its training images can be had. @param {string} name */
  has(name) {
    return Object.hasOwn(CLASSES, name) || (this.own !== undefined && name === this.#ownName(this.own));
  }

  /** Takes pictures of the reader's own in the place of those before, and chooses them. @param {Pictures} pictures */
  bring(pictures) {
    this.#count += 1;
    this.own = pictures;
    settings.set('dataSet', 'own');
    this.#follow();
    this.changed();
  }

  /** Every set of pictures has a name of its own, and a set that is inverted is another. @param {Pictures} own */
  #ownName({ title }) {
    const inverted = settings.get('ownInverted') === 'yes' ? ', inverted' : '';
    return `${title} (${this.#count}${inverted})`;
  }

  /** Tells the worker of another choice. */
  #follow() {
    const { chosen, own } = this;
    if (chosen === this.#asked) return;
    this.#asked = chosen;
    if (own && chosen === this.#ownName(own) && this.#given !== chosen) {
      const { classes, labels, pixels } = own;
      const inverted = settings.get('ownInverted') === 'yes' ? invert(pixels) : pixels;
      client.send({ type: 'bring', set: chosen, classes: classes.length, labels, pixels: inverted });
      this.#given = chosen;
    }
    client.send({ type: 'useData', set: chosen });
  }
}

export const dataSets = new DataSets();

/** @param {Uint8Array} pixels */
export const invert = (pixels) => pixels.map((pixel) => 255 - pixel);

/** A data set for a sentence. @param {string} name */
export const titleOf = (name) => TITLES[name] ?? name;

/**
 * The name of a class, for a label or a sentence: “digit 3”, “Sandal”. The class after the last is that of nothing in
 * particular.
 * @param {readonly string[]} classes
 * @param {number} label
 */
export function classWords(classes, label) {
  const name = classes[label];
  if (name === undefined) return classes.length ? strings.dataSets.any : strings.dataSets.class(label);
  return isDigit(name) ? strings.dataSets.digit(name) : className(name);
}

/** What a class is called, as far as it is known in this language. @param {string} name */
export function className(name) {
  /** @type {Record<string, string>} */
  const names = strings.dataSets.classes;
  return names[name] ?? name;
}

/** @param {string} name of a class */
export const isDigit = (name) => /^\d$/.test(name);

/** @param {string} words */
export const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
