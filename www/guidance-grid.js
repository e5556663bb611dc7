// The last grid of digits by guidance scale.

import { model } from './model.js';
import { Rows } from './rows.js';
import { settings } from './settings.js';

/** One row each. */
export const SCALES = [1, 2, 4, 8];

/** One each. */
export const COLUMNS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Of fewer classes than columns, some come again. @param {number} column */
export const classOfColumn = (column) => column % model.classes.length;

export const guidanceGrid = new Rows('guidance', () => ({
  configs: SCALES.map((guidanceScale) => ({
    sampler: /** @type {const} */ ('ddim'),
    steps: settings.get('guidanceSteps'),
    guidanceScale,
    guidanceRescale: settings.get('guidanceRescale'),
    seed: settings.get('guidanceSeed'),
    count: COLUMNS.length,
    // Guided guesses leave black and white far behind: noise and clipped guess must go on belonging together.
    useClippedModelOutput: true,
  })),
  labels: Uint8Array.from(COLUMNS, classOfColumn),
}));
