// What was steered, way by way: asked for with the settings of the moment, and kept until the next.

import { client } from './client.js';
import { classOf } from './configs.js';
import { hole } from './hole.js';
import { model } from './model.js';
import { settings } from './settings.js';
import { sourcePicture } from './source-picture.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').Frames} Frames */
/** @typedef {import('../pkg/diffusion_playground.js').SampleConfig} SampleConfig */
/** @typedef {import('../pkg/diffusion_playground.js').Steer} Steer */
/** @typedef {import('./messages.js').MessageOf<'steerLeg'>} SteerLeg */
/** @typedef {import('./messages.js').MessageOf<'steerStep'>} SteerStep */
/** @typedef {import('./messages.js').MessageOf<'steerDone'>} SteerDone */
/** @typedef {Steer['kind']} Way */

/** Pictures from one noise to the other. */
export const PLACES = 9;
/** Pictures that are drawn from the same picture, each with its own noise. */
export const VARIANTS = 5;
/** Shares of fresh noise. */
export const ETAS = [0, 1];

/**
 * @typedef {object} Result
 * @property {SampleConfig} config
 * @property {Steer} steer
 * @property {Frames | undefined} source
 * @property {string} by whose it is, for a sentence
 * @property {{ start: SteerLeg, last: SteerStep | undefined }[]} legs
 * @property {SteerDone | undefined} done
 */

class Steering extends Store {
  /** What goes on. @type {Way | undefined} */
  running;
  /** The last of each way. @type {Partial<Record<Way, Result>>} */
  results = {};

  constructor() {
    super();
    client.on('steerLeg', (start) =>
      this.#take((result) => (result.legs[start.leg] = { start, last: undefined })),
    );
    client.on('steerStep', (last) =>
      this.#take(({ legs }) => {
        if (legs[last.leg]) legs[last.leg].last = last;
      }),
    );
    client.on('steerDone', (done) => {
      this.#take((result) => (result.done = done));
      this.#end();
    });
    client.on('error', ({ at }) => at === 'steer' && this.#end());
    client.on('downloadFailed', ({ split }) => split === 'train' && this.#end());
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => this.#end());
    }
  }

  /** @param {Way} way */
  begin(way) {
    const steer = STEERS[way]();
    if (!steer || this.running) return;
    const config = model.adapt(configOf(way));
    this.results[way] = {
      config,
      steer,
      source: sourcePicture.frames,
      by: model.words,
      legs: [],
      done: undefined,
    };
    this.running = way;
    this.changed();
    client.send({ type: 'steer', steer, config });
  }

  cancel() {
    if (this.running) client.send({ type: 'cancel', at: 'steer' });
  }

  /** How much of what goes on is behind. */
  get share() {
    const result = this.running && this.results[this.running];
    if (!result) return 0;
    const done = result.legs.reduce((sum, { last }) => sum + (last ? last.step / last.steps : 0), 0);
    return done / legsOf(result.steer);
  }

  /** @param {(result: Result) => void} change */
  #take(change) {
    const result = this.running && this.results[this.running];
    if (!result) return;
    change(result);
    this.changed();
  }

  #end() {
    this.running = undefined;
    this.changed();
  }
}

/** What is asked for; nothing where the picture for it is missing. @type {Record<Way, () => Steer | undefined>} */
const STEERS = {
  interpolate: () => ({ kind: 'interpolate', otherSeed: settings.get('steerOtherSeed'), pictures: PLACES }),
  invert: () => {
    const { frames, label } = sourcePicture;
    return frames && { kind: 'invert', image: frames.pixels, label, steps: stepCounts() };
  },
  edit: () => {
    const { frames } = sourcePicture;
    return frames && { kind: 'edit', image: frames.pixels, t: settings.get('steerStrength') };
  },
  inpaint: () => {
    const { frames } = sourcePicture;
    const filled = hole();
    return (
      frames &&
      filled && {
        kind: 'inpaint',
        image: frames.pixels,
        hole: filled.pixels,
        jumpLength: jumpLength(),
        jumpNSample: settings.get('steerResamplings'),
      }
    );
  },
  variance: () => ({ kind: 'variance', etas: ETAS }),
};

/** How many trajectories it takes: there and back for each number of steps, and then every class. @param {Steer} steer */
function legsOf(steer) {
  if (steer.kind === 'invert') return 2 * steer.steps.length + (model.knowsClasses ? 1 : 0);
  return steer.kind === 'variance' ? steer.etas.length : 1;
}

/** @param {Way} way @returns {SampleConfig} */
const configOf = (way) => ({
  sampler: 'ddim',
  steps: settings.get('steerSteps'),
  class: classOf(settings.get('steerClass')),
  guidanceScale: settings.get('steerGuidance'),
  seed: settings.get('steerSeed'),
  count:
    { edit: VARIANTS, inpaint: VARIANTS, variance: settings.get('steerCount') }[
      /** @type {string} */ (way)
    ] ?? 1,
  // The known pixels come with fresh noise at every step; a way without any would not mix with them.
  eta: way === 'inpaint' ? 1 : 0,
  // From any t there is a way down to the first timestep, which only this visits.
  spacing: way === 'edit' ? 'leading' : 'trailing',
  // Noise and clipped guess go on belonging together, as everywhere on the page.
  useClippedModelOutput: true,
});

/** From an eighth of the steps to all of them. */
export function stepCounts() {
  const steps = settings.get('steerSteps');
  return [...new Set([8, 4, 2, 1].map((part) => Math.ceil(steps / part)))];
}

/** A tenth of the steps. */
export const jumpLength = () => Math.max(1, Math.round(settings.get('steerSteps') / 10));

export const steering = new Steering();
