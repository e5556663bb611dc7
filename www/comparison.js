// The samplers that are compared, and the last comparison.

import { beside } from './beside.js';
import { classOf } from './configs.js';
import { Rows } from './rows.js';
import { settings } from './settings.js';

export const SAMPLERS = /** @type {const} */ ([
  { sampler: 'ddpm', name: 'DDPM' },
  { sampler: 'ddim', name: 'DDIM' },
  { sampler: 'euler', name: 'Euler' },
  { sampler: 'heun', name: 'Heun' },
  { sampler: 'dpmSolverPp2M', name: 'DPM-Solver++(2M)' },
  { sampler: 'uniPc', name: 'UniPC' },
]);

/** @param {(typeof SAMPLERS)[number]['sampler']} sampler */
const config = (sampler) => ({
  sampler,
  steps: settings.get('compareSteps'),
  class: classOf(settings.get('compareClass')),
  seed: settings.get('compareSeed'),
  count: 1,
  // The noise that goes with the guess as it is after clipping: without, DDIM alone would mix two that do not belong
  // together, and a network that has learned little would seem DDIM's fault.
  useClippedModelOutput: true,
});

class Comparison extends Rows {
  /** The second network, where it drew the last row. @type {typeof beside.ready} */
  beside;
  #abort = new AbortController();

  constructor() {
    super('compare', () => ({
      configs: [...SAMPLERS.map(({ sampler }) => config(sampler)), ...(this.beside ? [config('euler')] : [])],
      beside: !!this.beside,
    }));
  }

  async begin() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.phase = 'running';
    this.changed();
    await beside.bring(signal);
    // Meanwhile it may have been stopped, or the module be gone.
    if (signal.aborted || this.phase !== 'running') return;
    this.beside = beside.ready;
    super.begin();
  }

  cancel() {
    this.#abort.abort();
    if (beside.share === undefined) super.cancel();
    else this.enter('none');
  }
}

export const comparison = new Comparison();
