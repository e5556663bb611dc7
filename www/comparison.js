// The samplers that are compared, and the last comparison.

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
