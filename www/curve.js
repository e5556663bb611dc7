// The losses of something in training, raw and smoothed, as a chart shows them.

import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').StepReport} StepReport */

/** Weight of the newest loss in a smoothed curve. */
const SMOOTHING = 0.05;

export class Curve extends Store {
  /** @type {number[]} */
  steps = [];
  /** @type {number[]} */
  losses = [];
  /** @type {number[]} */
  smoothed = [];
  /** Of an autoencoder: the error of its reconstructions, smoothed. @type {number[]} */
  errors = [];
  /** The divergence of its latents in nats an image, smoothed. @type {number[]} */
  divergences = [];
  /** @type {number | undefined} */
  stepsPerSecond;

  /** Training steps taken. */
  get step() {
    return this.steps.at(-1) ?? 0;
  }

  /** @param {StepReport[]} reports @param {number | undefined} stepsPerSecond */
  take(reports, stepsPerSecond) {
    for (const { step, loss, reconstruction } of reports) {
      this.steps.push(step);
      this.losses.push(loss);
      this.#smooth(this.smoothed, loss);
      if (reconstruction) {
        this.#smooth(this.errors, reconstruction.error);
        this.#smooth(this.divergences, reconstruction.kl);
      }
    }
    this.stepsPerSecond = stepsPerSecond;
    this.changed();
  }

  clear() {
    Object.assign(this, { steps: [], losses: [], smoothed: [], errors: [], divergences: [] });
    this.stepsPerSecond = undefined;
    this.changed();
  }

  /** @param {number[]} curve @param {number} value */
  #smooth(curve, value) {
    const last = curve.at(-1) ?? value;
    curve.push(last + Math.max(SMOOTHING, 1 / this.steps.length) * (value - last));
  }
}
