// The last trajectory from noise to pictures, kept whole so that it can be looked at again.

import { client } from './client.js';
import { sampleConfig, scheduleConfig } from './configs.js';
import { model } from './model.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'sampleStep'>} SampleStep */
/** @typedef {import('./messages.js').MessageOf<'sampleDone'>} SampleDone */

class Trajectory extends Store {
  /** @type {'none' | 'running' | 'done'} */
  phase = 'none';
  config = sampleConfig();
  /** Whose it is, for a sentence. */
  by = '';
  /** The same for the name of a file. */
  stem = '';
  /** The schedule that it was trained with. */
  schedule = scheduleConfig('linear');
  /** What its network predicts. @type {import('./predictions.js').Prediction} */
  prediction = 'epsilon';
  /** @type {SampleStep[]} */
  steps = [];
  /** The end, or where it rests. @type {SampleDone | undefined} */
  done;
  /** What was opened when it began. */
  #drawsWith = model.opened;

  constructor() {
    super();
    client.on('sampleStep', (step) => {
      // Where it went on from an earlier step, what had come after that is no more.
      while ((this.steps.at(-1)?.step ?? 0) >= step.step) this.steps.pop();
      this.done = undefined;
      this.steps.push(step);
      this.changed();
    });
    client.on('sampleDone', (done) => {
      this.done = done;
      this.#enter('done');
    });
    client.on('error', ({ at }) => at === 'sample' && this.#enter(this.done ? 'done' : 'none'));
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => this.#enter('none'));
    }
  }

  /** Begins anew. @param {boolean} once to rest after the first step */
  sample(once) {
    this.#drawsWith = model.opened;
    this.steps = [];
    this.done = undefined;
    this.config = model.adapt(sampleConfig());
    this.by = model.words;
    this.stem = model.fileStem;
    this.schedule = model.schedule ?? this.schedule;
    this.prediction = model.prediction;
    this.#enter('running');
    client.send({ type: 'sample', config: this.config, once });
  }

  /** Whether there is a way on from the picture at a position. @param {number} position */
  canGoOn(position) {
    const steps = this.steps.at(-1)?.steps ?? 0;
    return this.phase === 'done' && this.#drawsWith === model.opened && this.#taken(position) < steps;
  }

  /** With the settings of the moment; seed and count are the beginning's. @param {number} position @param {boolean} once */
  goOn(position, once) {
    const { seed, count } = this.config;
    this.config = { ...model.adapt(sampleConfig()), seed, count };
    this.#enter('running');
    client.send({ type: 'sampleOn', taken: this.#taken(position), config: this.config, once });
  }

  /** Steps that lie before a picture. @param {number} position */
  #taken(position) {
    const step = this.steps[position];
    return step ? step.step - 1 : (this.steps.at(-1)?.step ?? 0);
  }

  /** Counted from 1: what a flow is told begins there by itself. @param {SampleStep} step */
  timestep({ t }) {
    return Math.round(t) + (this.prediction === 'flow' ? 0 : 1);
  }

  cancel() {
    client.send({ type: 'cancelSample' });
  }

  /** How many pictures of the way there are: one before each model call, and the final one. */
  get length() {
    return this.steps.length + (this.done?.frames ? 1 : 0);
  }

  /** How many there will be, the final one not counted: of a long way only every second, third … step is shown. */
  get total() {
    const last = this.steps.at(-1);
    return last ? this.steps.length + last.left : (this.config.steps ?? 1);
  }

  /** How much of the way is behind. */
  get share() {
    const newest = this.steps.at(-1);
    return newest ? newest.step / newest.steps : 0;
  }

  /** @param {Trajectory['phase']} phase */
  #enter(phase) {
    this.phase = phase;
    this.changed();
  }
}

export const trajectory = new Trajectory();
