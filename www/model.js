// The network that draws: that of the run, or one that was opened and stands in for it.

import { client } from './client.js';
import { dataSets } from './data-sets.js';
import { whole } from './format.js';
import { strings } from './language.js';
import { openModel } from './open-model.js';
import { run } from './run.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').SampleConfig} SampleConfig */
/** @typedef {import('./messages.js').MessageOf<'opened'>} Opened */
/** @typedef {import('./messages.js').MessageOf<'opening'>} Opening */
/** @typedef {Parameters<typeof openModel>[0]} What */

class Model extends Store {
  /** Draws, until it is closed or a run begins. @type {Opened | undefined} */
  opened;
  /** The last that was opened and cannot draw here. @type {Opened | undefined} */
  unfit;
  /** How far the model on its way in is. @type {Opening | 'beginning' | undefined} */
  opening;
  /** What was wrong with the last one. @type {string | undefined} */
  problem;
  #abort = new AbortController();

  constructor() {
    super();
    client.on('opened', (opened) => this.#update(opened.obstacle ? { unfit: opened } : { opened }));
    for (const end of /** @type {const} */ (['closed', 'run', 'restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => this.#update({ opened: undefined }));
    }
    client.on('error', ({ at, message }) => {
      // What is being opened hears of its own errors.
      if (at === 'open' && !this.opening) this.#update({ problem: message });
    });
  }

  get exists() {
    return this.opened !== undefined || run.phase !== 'none';
  }

  /** Whether it can be asked for anything in particular. */
  get knowsClasses() {
    return !this.opened || !!this.opened.classes;
  }

  /** What the classes are called that it knows. */
  get classes() {
    return this.opened ? dataSets.classesOf(this.opened.run?.config.data) : run.classes;
  }

  /** Whether it can be asked for each of the ten digits. */
  get knowsDigits() {
    return !this.opened || (this.opened.classes ?? 0) >= 10;
  }

  /** Whether what it draws are MNIST's digits, pixel by pixel. */
  get drawsMnist() {
    const data = this.opened ? this.opened.run?.config.data : run.data;
    return data?.name === 'mnist' && !this.opened?.latents;
  }

  /** Whose pictures they are, for a sentence. */
  get words() {
    if (this.opened) return strings.model.opened(this.opened.name);
    return strings.model.after(whole(run.step));
  }

  /** What can be expected of it. @param {string} untrained of a network that has learned nothing */
  ready(untrained) {
    if (this.opened) return strings.model.readyOpened(this.opened.name);
    return run.step ? strings.model.ready(whole(run.step)) : untrained;
  }

  /** What it was trained to predict. */
  get prediction() {
    return this.opened?.prediction ?? run.config.prediction ?? 'epsilon';
  }

  /** The noise schedule that it was trained with. */
  get schedule() {
    return this.opened?.schedule ?? run.config.schedule;
  }

  /**
   * A configuration as the network can follow it: where the page says nothing, as its own scheduler says; without a
   * class where it knows none.
   * @template {SampleConfig} T
   * @param {T} config
   * @returns {T}
   */
  adapt(config) {
    if (!this.opened) return config;
    const { sample, classes } = this.opened;
    const unconditional = { class: undefined, guidanceScale: 1 };
    return { ...sample, ...config, ...(classes ? {} : unconditional) };
  }

  /**
   * Opens a model in the place of the one that is being opened.
   * @param {What | ((signal: AbortSignal, onProgress: (loaded: number, total: number) => void) => Promise<What>)} what
   *   also what brings it
   * @returns {Promise<boolean | undefined>} whether it draws now; nothing where it made way for something else
   */
  async open(what) {
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#update({ opening: 'beginning', problem: undefined, unfit: undefined });
    /** @param {Partial<Model>} change */
    const update = (change) => abort.signal.aborted || this.#update(change);
    try {
      const { signal } = abort;
      /** @param {number} received @param {number} total */
      const arrived = (received, total) =>
        update({ opening: { type: 'opening', received, total: total || undefined, tensor: undefined } });
      const found = typeof what === 'function' ? await what(signal, arrived) : what;
      const { obstacle } = await openModel(found, { signal, onProgress: (opening) => update({ opening }) });
      update({ opening: undefined });
      return !obstacle;
    } catch (error) {
      update({ opening: undefined, problem: error instanceof Error ? error.message : `${error}` });
      return abort.signal.aborted ? undefined : false;
    }
  }

  cancel() {
    this.#abort.abort();
    this.#update({ opening: undefined });
  }

  /** The run's network draws again. */
  close() {
    client.send({ type: 'close' });
  }

  /** Goes on with the run whose checkpoint was opened; on the chosen data set where its own is not at hand. */
  resume() {
    const name = this.opened?.run?.config.data?.name ?? 'mnist';
    client.send({ type: 'resume', data: dataSets.describe(dataSets.has(name) ? name : dataSets.chosen) });
  }

  /** As files. Answered by the message `saved`. @param {import('../pkg/diffusion_playground.js').SaveFormat} format */
  save(format) {
    client.send({ type: 'save', format });
  }

  /** What its files are called. */
  get fileStem() {
    if (!this.opened) return `${run.config.preset}-step-${run.step}`;
    const { className, run: ours } = this.opened;
    return ours ? `${className.toLowerCase()}-step-${ours.step}` : className;
  }

  /** @param {string | undefined} problem */
  complain(problem) {
    this.#update({ problem });
  }

  /** @param {Partial<Model>} change */
  #update(change) {
    Object.assign(this, change);
    this.changed();
  }
}

export const model = new Model();
