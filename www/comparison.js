// The samplers that are compared, and the last comparison.

import { classOf } from './configs.js';
import { Rows } from './rows.js';
import { settings } from './settings.js';

/** @typedef {NonNullable<import('../pkg/diffusion_playground.js').SampleConfig['sampler']>} SamplerKind */

/** @type {{ sampler: SamplerKind, name: string, words: string }[]} */
export const SAMPLERS = [
  { sampler: 'ddpm', name: 'DDPM', words: 'Fresh noise at every step. Made for a thousand of them.' },
  { sampler: 'ddim', name: 'DDIM', words: 'No fresh noise: the start decides everything.' },
  {
    sampler: 'euler',
    name: 'Euler',
    words: 'The same step again, as differential equations put it.',
  },
  {
    sampler: 'heun',
    name: 'Heun',
    words: 'Looks ahead, asks again there, takes the mean: two calls a step.',
  },
  {
    sampler: 'dpmSolverPp2M',
    name: 'DPM-Solver++(2M)',
    words: 'Bends the step as the last two guesses suggest.',
  },
  { sampler: 'uniPc', name: 'UniPC', words: 'Bends it too, and then corrects the step before.' },
];

export const comparison = new Rows('compare', () => ({
  type: 'compare',
  configs: SAMPLERS.map(({ sampler }) => ({
    sampler,
    steps: settings.get('compareSteps'),
    class: classOf(settings.get('compareClass')),
    seed: settings.get('compareSeed'),
    count: 1,
    // The noise that goes with the guess as it is after clipping: without, DDIM alone would mix two that do not belong
    // together, and a network that has learned little would seem DDIM's fault.
    useClippedModelOutput: true,
  })),
}));
