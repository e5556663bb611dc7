// The drawings of the run so far, each with its way from noise: what the time machine goes through.

import { client } from './client.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'grid'>} Grid */
/** @typedef {Grid & { index: number }} Moment */
/** @typedef {import('../pkg/diffusion_playground.js').Frames} Frames */

/** So many drawings are kept at most, of some 170 kB each. */
const MOST = 40;

class History extends Store {
  /** From the first to the newest. @type {Moment[]} */
  moments = [];
  #count = 0;
  /** Every so many drawings one is kept, and the newest besides. */
  #stride = 1;

  constructor() {
    super();
    client.on('grid', (grid) => this.#take(grid));
    for (const end of /** @type {const} */ (['run', 'restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => this.#clear());
    }
  }

  /** How many stages a way has, the end included. */
  get stages() {
    return (this.moments.at(-1)?.t.length ?? 10) + 1;
  }

  /** @param {Grid} grid */
  #take(grid) {
    const newest = this.moments.at(-1);
    if (newest && newest.index % this.#stride) this.moments.pop();
    this.moments.push({ ...grid, index: this.#count++ });
    if (this.moments.length > MOST) {
      this.#stride *= 2;
      this.moments = this.moments.filter(
        ({ index }) => index % this.#stride === 0 || index === this.#count - 1,
      );
    }
    this.changed();
  }

  #clear() {
    this.moments = [];
    this.#count = 0;
    this.#stride = 1;
    this.changed();
  }
}

export const history = new History();

/**
 * Where a picture of a moment is. Of a way that was not kept there is the end alone.
 * @param {Moment} moment
 * @param {number} stage the last one is the end
 * @param {number} digit its class: the first pictures are one of each, in their order
 * @param {'xT' | 'x0Hat'} view
 * @returns {{ frames: Frames, index: number }}
 */
export function pictureOf(moment, stage, digit, view) {
  const { t, labels, frames } = moment;
  const kept = t.length ? moment.xT.count / t.length : 0;
  const end = { frames, index: Math.min(digit, labels.length - 1) };
  return stage < t.length && digit < kept ? { frames: moment[view], index: stage * kept + digit } : end;
}

/**
 * The mean distance of two pictures' pixels, in units in which black is -1 and white 1.
 * @param {{ frames: Frames, index: number }} a
 * @param {{ frames: Frames, index: number }} b
 */
export function distance(a, b) {
  const size = a.frames.width * a.frames.height;
  const [of, other] = [a, b].map(({ frames, index }) =>
    frames.pixels.subarray(index * size, (index + 1) * size),
  );
  return of.reduce((sum, pixel, at) => sum + Math.abs(pixel - other[at]), 0) / size / 127.5;
}
