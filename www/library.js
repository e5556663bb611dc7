/**
 * Diffusion models in a browser tab, without the page: a client of the worker that the article and the embedded element
 * use. All on a page share one worker, one device and one training run.
 *
 * @module diffusion-playground
 */

import { join } from './sharing.js';
import { Stream } from './stream.js';

/** @typedef {import('../pkg/diffusion_playground.js').TrainConfig} TrainConfig */
/** @typedef {import('../pkg/diffusion_playground.js').SampleConfig} SampleConfig */
/** @typedef {import('../pkg/diffusion_playground.js').ScheduleConfig} ScheduleConfig */
/** @typedef {import('../pkg/diffusion_playground.js').StepReport} StepReport */
/** @typedef {import('../pkg/diffusion_playground.js').Frames} Frames */
/** @typedef {import('../pkg/diffusion_playground.js').Split} Split */
/** @typedef {import('./messages.js').Message} Message */
/** @typedef {import('./messages.js').MessageOf<'ready'>} Device what computes, and why that */
/** @typedef {import('./messages.js').MessageOf<'data'>} DataSet how many images, of what size, and their labels */
/** @typedef {import('./messages.js').MessageOf<'schedule'>} Curves betas, alphas_cumprod and log-SNR by timestep */
/** @typedef {import('./messages.js').MessageOf<'forward'>} Forward x_0, eps and x_t of one image */
/** @typedef {import('./messages.js').MessageOf<'sampleStep'>} SampleStep x_t, eps_hat and x0_hat of one model call */
/** @typedef {import('./messages.js').MessageOf<'sampleDone'>} SampleDone the pictures, and what they took */
/** @typedef {import('./connection.js').Options} Options */

/**
 * Starts the worker, or joins the one of this page.
 *
 * @param {Options} [options] count where the worker is not running yet
 * @returns {Promise<Playground>} when the device is chosen
 */
export async function createPlayground(options = {}) {
  const playground = new Playground(options);
  try {
    await playground.next('ready', 'device');
    return playground;
  } catch (error) {
    playground.close();
    throw error;
  }
}

/** @typedef {{ accepts: (message: Message) => boolean, place: string, resolve: (message: any) => void, reject: (error: Error) => void }} Waiter */

const CLOSED = 'the playground was closed';

/** One's own line to the worker. */
export class Playground {
  /** @type {Device | undefined} */
  #device;
  /** @type {Map<Split, DataSet>} */
  #data = new Map();
  /** Answers that are awaited, in the order of asking. @type {Waiter[]} */
  #waiters = [];
  /** @type {Set<(message: Message) => void>} */
  #listeners = new Set();
  #membership;
  #closed = false;

  /** @param {Options} options @internal */
  constructor(options) {
    this.#membership = join((message) => this.#take(message), options);
  }

  /** What computes: "gpu" or "cpu", the adapter's name, and the reason where it is not a GPU. @returns {Device} */
  get device() {
    if (!this.#device) throw new Error('the device is not chosen yet');
    return this.#device;
  }

  /**
   * Downloads a split, once a page: of MNIST, 60,000 or 10,000 images of 28x28 pixels, unless the page looks at another
   * data set.
   * @param {Split} split
   * @returns {Promise<DataSet>}
   */
  async data(split) {
    const present = this.#data.get(split);
    if (present) return present;
    const arrived = this.next('data', `data ${split}`, (message) => message.split === split);
    this.#membership.post({ type: 'download', split });
    return await arrived;
  }

  /**
   * The curves of a noise schedule.
   * @param {ScheduleConfig} [schedule]
   * @returns {Promise<Curves>}
   */
  async schedule(schedule = {}) {
    return await this.#ask({ type: 'schedule', schedule }, 'schedule', 'forward');
  }

  /**
   * One image of the test split with the noise of timestep `t`: q(x_t | x_0).
   * @param {{ image: number, t: number, schedule?: ScheduleConfig, noiseSeed?: number }} request `image` from 0 to 9999,
   *   `t` from 0, the clean image, to the number of training timesteps
   * @returns {Promise<Forward>}
   */
  async forward({ image, t, schedule = {}, noiseSeed = 0 }) {
    await this.data('test');
    return await this.#ask({ type: 'forward', image, t, schedule, noiseSeed }, 'forward', 'forward');
  }

  /**
   * A new training run with fresh weights, in the place of the page's last one.
   * @param {TrainConfig} [config]
   * @returns {Promise<Trainer>} at step 0, paused
   */
  async train(config = {}) {
    const { parameters } = await this.#ask({ type: 'newRun', config }, 'run', 'train');
    return new Trainer(this, parameters);
  }

  /**
   * Pictures from noise, by the averaged weights of the page's run.
   * @param {SampleConfig} [config]
   * @returns {Trajectory}
   */
  sample(config = {}) {
    return new Trajectory(this, config);
  }

  /** Leaves the worker; the last to leave ends it. */
  close() {
    this.#closed = true;
    this.#fail(() => true, CLOSED);
    for (const listener of [...this.#listeners]) listener({ type: 'crashed', message: CLOSED });
    this.#membership.leave();
  }

  /** @param {import('./messages.js').Request} request @internal */
  post(request) {
    this.#membership.post(request);
  }

  /** Everything that the worker says. @param {(message: Message) => void} listener @returns {() => void} @internal */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The next message of a type; an error at `place` is one instead.
   * @template {Message['type']} T
   * @param {T} type
   * @param {string} place
   * @param {(message: import('./messages.js').MessageOf<T>) => boolean} [which]
   * @returns {Promise<import('./messages.js').MessageOf<T>>}
   * @internal
   */
  next(type, place, which = () => true) {
    if (this.#closed) return Promise.reject(new Error(CLOSED));
    return new Promise((resolve, reject) => {
      const accepts = (/** @type {any} */ message) => message.type === type && which(message);
      this.#waiters.push({ accepts, place, resolve, reject });
    });
  }

  /**
   * @template {Message['type']} T
   * @param {import('./messages.js').Request} request
   * @param {T} type
   * @param {string} place
   */
  #ask(request, type, place) {
    const answer = this.next(type, place);
    this.#membership.post(request);
    return answer;
  }

  /** @param {Message} message */
  #take(message) {
    if (message.type === 'ready') this.#device = message;
    if (message.type === 'data') this.#data.set(message.split, message);
    const waiter = this.#waiters.findIndex(({ accepts }) => accepts(message));
    if (waiter >= 0) this.#waiters.splice(waiter, 1)[0].resolve(message);
    if (message.type === 'error') this.#failFirst(message.at, message.message);
    if (message.type === 'downloadFailed') {
      const places = [`data ${message.split}`, ...(message.split === 'train' ? ['train', 'sample'] : [])];
      this.#fail(({ place }) => places.includes(place), failure(message) ?? '');
    }
    if (['crashed', 'deviceLost', 'restarting'].includes(message.type)) {
      this.#data.clear();
      this.#fail(() => true, failure(message) ?? '');
    }
    for (const listener of [...this.#listeners]) listener(message);
  }

  /** @param {string} place @param {string} words */
  #failFirst(place, words) {
    const waiter = this.#waiters.findIndex((waiting) => waiting.place === place);
    if (waiter >= 0) this.#waiters.splice(waiter, 1)[0].reject(new Error(words));
  }

  /** @param {(waiter: Waiter) => boolean} which @param {string} words */
  #fail(which, words) {
    const failed = this.#waiters.filter(which);
    this.#waiters = this.#waiters.filter((waiter) => !which(waiter));
    for (const { reject } of failed) reject(new Error(words));
  }
}

/** A training run. Iterating over it trains; leaving the loop pauses. */
export class Trainer {
  #playground;
  /** How many numbers the network has learned to choose. */
  parameters;

  /** @param {Playground} playground @param {number} parameters @internal */
  constructor(playground, parameters) {
    this.#playground = playground;
    this.parameters = parameters;
  }

  /** Exactly one step. @returns {Promise<StepReport>} */
  async step() {
    const done = this.#playground.next('train', 'train');
    const paused = this.#playground.next('paused', 'train');
    this.#playground.post({ type: 'trainStep' });
    const [{ reports }] = await Promise.all([done, paused]);
    return /** @type {StepReport} */ (reports.at(-1));
  }

  /** The reports of all steps, as they are read back: several at once. @returns {AsyncGenerator<StepReport, void>} */
  async *[Symbol.asyncIterator]() {
    const reports = /** @type {Stream<StepReport>} */ (new Stream());
    let running = true;
    const stop = this.#playground.listen((message) => {
      if (message.type === 'train') for (const report of message.reports) reports.push(report);
      else if (message.type === 'paused') reports.end();
      if (message.type === 'paused' || fail(reports, message, 'train')) running = false;
    });
    this.#playground.post({ type: 'train' });
    try {
      for (let next = await reports.next(); !next.done; next = await reports.next()) yield next.value;
    } finally {
      stop();
      // The next loop begins after this one's end.
      if (running) {
        const paused = this.#playground.next('paused', 'train');
        this.#playground.post({ type: 'pause' });
        await paused;
      }
    }
  }
}

/** The way from noise to pictures. Iterating shows the steps; leaving the loop early cancels the rest. */
export class Trajectory {
  #playground;
  #steps = /** @type {Stream<SampleStep>} */ (new Stream());
  #over = false;

  /** @param {Playground} playground @param {SampleConfig} config @internal */
  constructor(playground, config) {
    this.#playground = playground;
    const stop = playground.listen((message) => {
      if (message.type === 'sampleStep') return this.#steps.push(message);
      if (message.type === 'sampleDone') this.#steps.end();
      else if (!fail(this.#steps, message, 'sample')) return;
      this.#over = true;
      stop();
    });
    /** The end: the pictures, and what they took. @type {Promise<SampleDone>} */
    this.done = playground.next('sampleDone', 'sample');
    // Whoever only iterates hears of it there.
    this.done.catch(() => {});
    playground.post({ type: 'sample', config });
  }

  /** @returns {AsyncGenerator<SampleStep, void>} */
  async *[Symbol.asyncIterator]() {
    try {
      for (let next = await this.#steps.next(); !next.done; next = await this.#steps.next()) yield next.value;
    } finally {
      this.cancel();
    }
  }

  /** Stops after the step in flight: `done` then tells how far it came. */
  cancel() {
    if (!this.#over) this.#playground.post({ type: 'cancelSample' });
  }
}

/** Why nothing more will come, where that is what a message says. @param {Message} message @param {string} [place] */
function failure(message, place) {
  switch (message.type) {
    case 'error':
      return message.at === place ? message.message : undefined;
    case 'downloadFailed':
      return `the ${message.split} images did not arrive: ${message.message}`;
    case 'deviceLost':
      return `the graphics device was lost: ${message.message}`;
    case 'crashed':
      return `the program stopped: ${message.message}`;
    case 'restarting':
      return 'the worker was replaced, and the run is gone';
  }
}

/** @param {Stream<any>} stream @param {Message} message @param {string} place */
function fail(stream, message, place) {
  const words = failure(message, place);
  if (words !== undefined) stream.fail(new Error(words));
  return words !== undefined;
}
