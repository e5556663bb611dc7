// The race of two runs: what they were made from, their losses, and what was seen of them.

import { client } from './client.js';
import { scheduleConfig } from './configs.js';
import { dataSets } from './data-sets.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').TrainConfig} TrainConfig */
/** @typedef {import('./messages.js').MessageOf<'raceTrain'>} RaceTrain */
/** @typedef {import('./messages.js').MessageOf<'raceLook'>} Look */

export const NAMES = /** @type {const} */ (['A', 'B']);
/** Weight of the newest loss in the smoothed curve. */
const SMOOTHING = 0.05;

class Contender {
  parameters = 0;
  /** @type {number[]} */
  steps = [];
  /** Of training, after each step; without the first, in which shaders are compiled. @type {number[]} */
  seconds = [];
  /** @type {number[]} */
  losses = [];
  /** @type {number[]} */
  smoothed = [];
  /** @type {number | undefined} */
  stepsPerSecond;
  /** @type {Look[]} */
  looks = [];

  /** @param {TrainConfig} config */
  constructor(config) {
    this.config = config;
  }

  get step() {
    return this.steps.at(-1) ?? 0;
  }

  get look() {
    return this.looks.at(-1);
  }

  /** @param {RaceTrain} progress */
  take({ reports, seconds, stepsPerSecond }) {
    const before = this.seconds.at(-1) ?? 0;
    reports.forEach(({ step, loss }, index) => {
      this.steps.push(step);
      this.losses.push(loss);
      this.seconds.push(before + ((index + 1) / reports.length) * (seconds - before));
      const last = this.smoothed.at(-1) ?? loss;
      this.smoothed.push(last + Math.max(SMOOTHING, 1 / this.steps.length) * (loss - last));
    });
    this.stepsPerSecond = stepsPerSecond;
  }
}

class Race extends Store {
  /** @type {'none' | 'paused' | 'starting' | 'running'} */
  phase = 'none';
  contenders = configs().map((config) => new Contender(config));
  /** Races asked for and not begun: until then, what comes is about an old one. */
  #awaited = 0;
  /** What the settings said when the race began. */
  #asked = '';
  /** How it was last told to go on. @type {'steps' | 'seconds' | undefined} */
  #pace;
  #seen = false;

  constructor() {
    super();
    client.on('race', ({ parameters }) => {
      this.#awaited = Math.max(0, this.#awaited - 1);
      for (const [index, contender] of this.contenders.entries()) contender.parameters = parameters[index];
      this.changed();
    });
    client.on('raceTrain', (progress) => {
      if (this.#stale) return;
      this.contenders[progress.contender].take(progress);
      this.#enter(this.phase === 'starting' ? 'running' : this.phase);
    });
    client.on('raceLook', (look) => {
      if (this.#stale) return;
      this.contenders[look.contender].looks.push(look);
      this.changed();
    });
    client.on('error', ({ at }) => at === 'race' && this.#fall());
    client.on('downloadFailed', ({ split }) => split === 'train' && this.#fall());
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => {
        this.#awaited = 0;
        this.#clear('none');
      });
    }
    settings.subscribe(() => this.#follow());
  }

  get busy() {
    return this.phase === 'starting' || this.phase === 'running';
  }

  /** Training steps of the one that is ahead. */
  get step() {
    return Math.max(...this.contenders.map(({ step }) => step));
  }

  /** The settings no longer say what the two were made from. */
  get outdated() {
    return this.phase !== 'none' && this.#asked !== asked();
  }

  /** Whether their losses are errors of the same thing at the same noise levels. */
  get comparable() {
    const [a, b] = this.contenders.map(({ config }) => config);
    const sameLevels = a.prediction === 'flow' || JSON.stringify(a.schedule) === JSON.stringify(b.schedule);
    return a.prediction === b.prediction && sameLevels;
  }

  /** What nobody sees need not be trained. @param {boolean} seen */
  see(seen) {
    this.#seen = seen;
    if (this.busy) this.#send();
  }

  start() {
    if (this.phase === 'none') this.begin();
    this.#enter(this.step ? 'running' : 'starting');
    this.#send();
  }

  pause() {
    this.#enter('paused');
    this.#send();
  }

  /** Fresh weights for both, made from the settings as they are now. */
  begin() {
    this.#asked = asked();
    this.#clear('paused');
    this.#awaited++;
    const [a, b] = configs();
    client.send({ type: 'newRace', configs: [a, b], every: settings.get('raceEvery') });
  }

  /** What comes is about a race that was given up, or about none. */
  get #stale() {
    return this.#awaited > 0 || this.phase === 'none';
  }

  /** Before the first race the settings are on show; the pace can change on the way. */
  #follow() {
    if (this.phase === 'none') this.#clear('none');
    else if (this.busy && settings.get('racePace') !== this.#pace) this.#send();
    this.changed();
  }

  #send() {
    this.#pace = settings.get('racePace');
    client.send(this.busy && this.#seen ? { type: 'trainRace', pace: this.#pace } : { type: 'pauseRace' });
  }

  /** What was asked for did not come about. */
  #fall() {
    const begun = this.#awaited === 0 && this.phase !== 'none';
    this.#awaited = 0;
    this.#enter(begun ? 'paused' : 'none');
  }

  /** @param {Race['phase']} phase */
  #clear(phase) {
    this.contenders = configs().map((config) => new Contender(config));
    this.#enter(phase);
  }

  /** @param {Race['phase']} phase */
  #enter(phase) {
    this.phase = phase;
    this.changed();
  }
}

/** @returns {TrainConfig[]} */
const configs = () =>
  NAMES.map((name) => ({
    preset: settings.get(`raceNetwork${name}`),
    prediction: settings.get(`racePrediction${name}`),
    schedule: scheduleConfig(settings.get(`raceSchedule${name}`)),
    learningRate: settings.get(`raceRate${name}`),
    batchSize: settings.get('raceBatchSize'),
    seed: settings.get('raceSeed'),
    data: dataSets.describe(),
  }));

/** The settings that a race is made from. */
const asked = () => JSON.stringify([configs(), settings.get('raceEvery')]);

export const race = new Race();
