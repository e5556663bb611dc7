// The training run: what was asked for, how far it is, and its losses.

import { client } from './client.js';
import { adoptTrainConfig, trainConfig } from './configs.js';
import { dataSets } from './data-sets.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').TrainConfig} TrainConfig */
/** @typedef {import('../pkg/diffusion_playground.js').DrawnWeights} DrawnWeights */
/** @typedef {import('./messages.js').MessageOf<'grid'>} Grid */
/** @typedef {import('./messages.js').MessageOf<'train'>} Progress */

/** The loss of the examples of one part of the timesteps, step by step; nothing where a batch had none. */
/** @typedef {{ raw: (number | null)[], smoothed: (number | null)[] }} Band */

/** Weight of the newest loss in the smoothed curve. */
const SMOOTHING = 0.1;

class Run extends Store {
  /** `starting`: asked for, and no step has come back yet. @type {'none' | 'starting' | 'running' | 'stepping' | 'paused'} */
  phase = 'none';
  /** What the network in the module was made from. */
  config = trainConfig();
  parameters = 0;
  /** @type {number[]} */
  steps = [];
  /** @type {number[]} */
  losses = [];
  /** @type {number[]} */
  smoothed = [];
  /** Of the moving average of the weights, at the steps after which samples were drawn. @type {(number | null)[]} */
  emaLosses = [];
  /** How long the run had trained after each step. @type {number[]} */
  seconds = [];
  /** From the least noisy. @type {Band[]} */
  bands = [];
  /** @type {number | undefined} */
  stepsPerSecond;
  /** @type {number | undefined} */
  warmUpSeconds;
  /** @type {Grid | undefined} */
  grid;
  /** A new run was asked for: until the answer, what comes is still about the old one. */
  #awaited = false;
  /** The weights that the module draws with; nothing before it is there. @type {DrawnWeights | undefined} */
  #weights;
  /** What the settings said when the run began. */
  #asked = '';
  /** Steps that a resumed run had taken before. */
  #firstStep = 0;

  constructor() {
    super();
    client.on('run', ({ parameters, step, config }) => {
      if (!this.#awaited) this.#adopt(step, config);
      this.#awaited = false;
      this.#update({ parameters });
    });
    client.on('train', (progress) => this.#awaited || this.#take(progress));
    client.on('paused', () => this.#awaited || this.#update({ phase: 'paused' }));
    client.on('grid', (grid) => this.#awaited || this.#show(grid));
    client.on('error', ({ at }) => {
      if (at === 'train') this.#fall();
    });
    client.on('downloadFailed', ({ split }) => {
      if (split === 'train') this.#fall();
    });
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => {
        this.#weights = undefined;
        this.#clear('none');
      });
    }
    client.on('data', ({ split }) => {
      // They came before anything needed them: so can what the run needs that would begin now.
      const ahead = client.options.prefetch && split === 'train' && this.phase === 'none';
      if (ahead) client.send({ type: 'rehearse', config: trainConfig() });
    });
    client.on('ready', () => {
      this.#weights = 'ema';
      this.#chooseWeights();
    });
    settings.subscribe(() => this.#chooseWeights());
  }

  /** Training steps taken. */
  get step() {
    return this.steps.at(-1) ?? this.#firstStep;
  }

  /** What its network learns from; before there is one, what it would. */
  get data() {
    return this.phase === 'none' ? dataSets.describe() : this.config.data;
  }

  /** What the classes of that are called. */
  get classes() {
    return dataSets.classesOf(this.data);
  }

  /** Whether the test images are what its network takes: not latents, not points. */
  get takesImages() {
    return this.phase !== 'none' && !/latent|autoencoder|points/.test(this.config.preset ?? '');
  }

  /** The settings no longer say what the network was made from. */
  get outdated() {
    return this.phase !== 'none' && this.#asked !== JSON.stringify(trainConfig());
  }

  start() {
    if (this.phase === 'none') this.#begin();
    this.#update({ phase: this.step ? 'running' : 'starting' });
    client.send({ type: 'train' });
  }

  pause() {
    client.send({ type: 'pause' });
  }

  oneStep() {
    this.#step({ type: 'trainStep' });
  }

  /** One step that can be looked at part by part. */
  slowStep() {
    this.#step({ type: 'slowStep' });
  }

  /** Fresh weights, made from the settings as they are now. */
  reset() {
    this.#begin();
    this.#update({ phase: 'paused' });
  }

  /** @param {{ type: 'trainStep' | 'slowStep' }} command */
  #step(command) {
    if (this.phase === 'none') this.#begin();
    this.#update({ phase: 'stepping' });
    client.send(command);
  }

  /** What the samples are drawn with can change at any time. */
  #chooseWeights() {
    const weights = settings.get('weights');
    if (!this.#weights || weights === this.#weights) return;
    this.#weights = weights;
    client.send({ type: 'drawWith', weights });
  }

  #begin() {
    this.#clear('paused');
    this.config = trainConfig();
    this.#asked = JSON.stringify(this.config);
    this.#awaited = true;
    client.send({ type: 'newRun', config: this.config });
  }

  /** A run that goes on from a checkpoint. @param {number} step @param {TrainConfig} config */
  #adopt(step, config) {
    this.#clear('paused');
    adoptTrainConfig(config);
    this.config = config;
    this.#asked = JSON.stringify(trainConfig());
    this.#firstStep = step;
  }

  /** What was asked for did not come about. */
  #fall() {
    this.#update({ phase: this.#awaited || this.phase === 'none' ? 'none' : 'paused' });
    this.#awaited = false;
  }

  /** @param {Progress} progress */
  #take({ reports, stepsPerSecond, warmUpSeconds }) {
    for (const { step, loss, bands, seconds } of reports) {
      this.steps.push(step);
      this.losses.push(loss);
      this.emaLosses.push(null);
      this.seconds.push((this.seconds.at(-1) ?? 0) + seconds);
      const last = this.smoothed.at(-1) ?? loss;
      this.smoothed.push(last + Math.max(SMOOTHING, 1 / this.steps.length) * (loss - last));
      bands.forEach((loss, index) => {
        this.bands[index] ??= { raw: [], smoothed: [] };
        const { raw, smoothed } = this.bands[index];
        const last = smoothed.at(-1) ?? loss ?? null;
        raw.push(loss ?? null);
        smoothed.push(loss === undefined || last === null ? last : last + SMOOTHING * (loss - last));
      });
    }
    this.#update({
      stepsPerSecond,
      warmUpSeconds,
      phase: this.phase === 'starting' ? 'running' : this.phase,
    });
  }

  /** @param {Grid} grid */
  #show(grid) {
    const index = this.steps.lastIndexOf(grid.step);
    if (index >= 0) this.emaLosses[index] = grid.emaLoss ?? null;
    this.#update({ grid });
  }

  /** @param {Run['phase']} phase */
  #clear(phase) {
    this.#firstStep = 0;
    this.#update({
      phase,
      steps: [],
      losses: [],
      smoothed: [],
      emaLosses: [],
      seconds: [],
      bands: [],
      stepsPerSecond: undefined,
      warmUpSeconds: undefined,
      grid: undefined,
    });
  }

  /** @param {Partial<Run>} change */
  #update(change) {
    Object.assign(this, change);
    this.changed();
  }
}

export const run = new Run();
