// What is drawn by hand, as strokes and as a picture. The module makes the picture: see the crate's data/drawing.rs.

import { client } from './client.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').Frames} Frames */

/**
 * One movement of the pen: x, y and width at each point. The pad's sides are 1 long, y goes down, and the plain pen's
 * width is 1.
 * @typedef {[number, number, number][]} Stroke
 */

/** What has not been answered yet. @type {Map<number, { send: () => void, resolve: (picture: Frames) => void }>} */
const asked = new Map();

client.on('drawing', ({ id, picture }) => {
  asked.get(id)?.resolve(picture);
  asked.delete(id);
});
client.on('ready', () => {
  for (const { send } of asked.values()) send();
});

/**
 * Strokes as a picture of 28 × 28 pixels, white on black.
 * @param {Stroke[]} strokes
 * @param {number} [pen] the plain pen's width in pixels, for what is to stay where it was drawn; without, it becomes a
 *   digit as MNIST has them, scaled to their size and centred by its mass
 * @returns {Promise<Frames>}
 */
export function pictureOfStrokes(strokes, pen) {
  return new Promise((resolve) => {
    // Another script on the page may ask, too.
    const id = Math.random();
    const send = () => client.send({ type: 'drawing', id, strokes, pen });
    asked.set(id, { send, resolve });
    send();
  });
}

export class Drawing extends Store {
  #pen;
  /** @type {Stroke[]} */
  strokes = [];
  /** None before anything is drawn. @type {Frames | undefined} */
  picture;

  /** @param {number} [pen] as for `pictureOfStrokes` */
  constructor(pen) {
    super();
    this.#pen = pen;
  }

  /** @param {Stroke[]} strokes all of them */
  async draw(strokes) {
    this.strokes = strokes;
    if (!strokes.length) this.picture = undefined;
    this.changed();
    if (!strokes.length) return;
    const picture = await pictureOfStrokes(strokes, this.#pen);
    if (this.strokes !== strokes) return;
    this.picture = picture;
    this.changed();
  }
}

/** The reader's digit, the same in every section that takes one. */
export const drawing = new Drawing();
