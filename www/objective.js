// The variational bound of the network, as its terms come in.

import { client } from './client.js';
import { TIMESTEPS } from './configs.js';
import { model } from './model.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'objectiveTerm'>} Term */
/** @typedef {import('./messages.js').MessageOf<'objectiveDone'>} ObjectiveDone */

class Objective extends Store {
  /** @type {'none' | 'running' | 'done'} */
  phase = 'none';
  /** In the order of t. @type {Term[]} */
  terms = [];
  /** How many terms there will be. */
  total = 0;
  /** L_T. @type {number | undefined} */
  prior;
  /** The whole bound, as far as the terms so far tell. @type {number | undefined} */
  sum;
  /** L_simple over all timesteps, likewise. @type {number | undefined} */
  simpleMean;
  /** @type {ObjectiveDone | undefined} */
  done;
  /** Whose it is, for a sentence. */
  by = '';

  constructor() {
    super();
    client.on('objectiveStart', ({ prior, timesteps }) => {
      this.prior = prior;
      this.total = timesteps;
      this.changed();
    });
    client.on('objectiveTerm', (term) => {
      const next = this.terms.findIndex(({ t }) => t > term.t);
      this.terms.splice(next < 0 ? this.terms.length : next, 0, term);
      this.sum = term.sum ?? undefined;
      this.simpleMean = term.lSimpleMean ?? undefined;
      this.changed();
    });
    client.on('objectiveDone', (done) => {
      this.done = done;
      this.#enter('done');
    });
    client.on('error', ({ at }) => at === 'objective' && this.#enter('none'));
    client.on('downloadFailed', ({ split }) => {
      if (split === 'train' && this.phase === 'running') this.#enter('none');
    });
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => this.#enter('none'));
    }
  }

  begin() {
    this.terms = [];
    this.prior = undefined;
    this.sum = undefined;
    this.simpleMean = undefined;
    this.done = undefined;
    this.by = model.words;
    this.#enter('running');
    client.send({
      type: 'objective',
      config: {
        images: settings.get('boundImages'),
        timesteps: Math.min(TIMESTEPS, settings.get('boundTimesteps')),
        variance: settings.get('boundVariance'),
        seed: settings.get('boundSeed'),
      },
    });
  }

  cancel() {
    client.send({ type: 'cancel', at: 'objective' });
  }

  /** How many of the terms are there. */
  get share() {
    return this.total ? this.terms.length / this.total : 0;
  }

  /** L_0. */
  get reconstruction() {
    const [first] = this.terms;
    return first?.t === 0 ? first.bits : undefined;
  }

  /** @param {Objective['phase']} phase */
  #enter(phase) {
    this.phase = phase;
    this.changed();
  }
}

export const objective = new Objective();
