// The digits of the opening: drawn as soon as there is a network, and again when another digit or seed is asked for.

import { model } from './model.js';
import { Rows } from './rows.js';
import { run } from './run.js';
import { settings } from './settings.js';

export const COUNT = 10;

export const STEPS = 10;

/** Enough for plain digits, too little for harsh ones: see the networks' cards. */
const GUIDANCE_SCALE = 1.5;

/** What the pictures show, in their order. */
export function labels() {
  const digit = settings.get('openingDigit');
  return Array.from({ length: COUNT }, (_, index) => (digit === 'each' ? index : Number(digit)));
}

const rows = new Rows('draw', () => ({
  configs: [
    {
      sampler: 'ddim',
      steps: STEPS,
      guidanceScale: GUIDANCE_SCALE,
      seed: settings.get('openingSeed'),
      count: COUNT,
      useClippedModelOutput: true,
    },
  ],
  labels: Uint8Array.from(labels()),
}));

/** All that decides what is drawn. */
const asks = () => JSON.stringify([settings.get('openingDigit'), settings.get('openingSeed')]);

class Opening {
  /** What was drawn last. It begins with what there is no network for. */
  #drawn = asks();
  /** The digits of that. @type {number[]} */
  labels = labels();
  rows = rows;

  /** From the noise to the last picture, as far as they have come. */
  get frames() {
    return rows.start ? [rows.start, ...(rows.rows[0] ?? []).map(({ xT }) => xT)] : [];
  }

  /** A network of the visitor's own must have learned something: one that is only asked for is not there yet. */
  get canDraw() {
    return model.opened ? model.knowsDigits : run.step > 0;
  }

  /** Draws what the settings say, unless that is what there is. */
  draw() {
    const asked = asks();
    if (asked === this.#drawn) return;
    // The end of the last one is reported first.
    if (rows.phase === 'running') return rows.cancel();
    this.#drawn = asked;
    this.labels = labels();
    if (this.canDraw) rows.begin();
  }

  /** For another network the same is to be drawn anew. */
  forget() {
    this.#drawn = '';
  }
}

export const opening = new Opening();
