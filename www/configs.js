// From the page's settings to the crate's own configurations. What is left out here has its default there.

import { dataSets } from './data-sets.js';
import { parse } from './properties.js';
import { settings } from './settings.js';

/** @typedef {import('../pkg/diffusion_playground.js').ScheduleConfig} ScheduleConfig */
/** @typedef {import('../pkg/diffusion_playground.js').TrainConfig} TrainConfig */
/** @typedef {import('../pkg/diffusion_playground.js').SampleConfig} SampleConfig */
/** @typedef {import('./properties.js').Name} Name */
/** @typedef {import('./properties.js').Values['schedule']} ScheduleKind */

export const TIMESTEPS = 1000;

/** Stable Diffusion's first and last beta; the other schedules keep DDPM's. */
const SCALED_LINEAR_BETAS = { betaStart: 0.00085, betaEnd: 0.012 };

/**
 * @param {ScheduleKind} kind
 * @param {boolean} [rescaleZeroTerminalSnr]
 * @returns {ScheduleConfig}
 */
export const scheduleConfig = (kind, rescaleZeroTerminalSnr = false) => ({
  kind,
  numTrainTimesteps: TIMESTEPS,
  rescaleZeroTerminalSnr,
  ...(kind === 'scaledLinear' ? SCALED_LINEAR_BETAS : {}),
});

/** The schedule of a forward section. */
export const forwardSchedule = (from = settings) =>
  scheduleConfig(from.get('schedule'), from.get('zeroTerminalSnr') === 'yes');

/** @returns {TrainConfig} */
export const trainConfig = () => ({
  preset: settings.get('preset'),
  schedule: scheduleConfig(settings.get('trainSchedule')),
  prediction: settings.get('prediction'),
  batchSize: settings.get('batchSize'),
  learningRate: settings.get('learningRate'),
  seed: settings.get('seed'),
  gridEvery: settings.get('gridEvery'),
  data: dataSets.describe(),
});

/** Sets what the page can set of a run that was not begun here. @param {TrainConfig} config */
export function adoptTrainConfig(config) {
  const { preset, prediction, schedule, batchSize, learningRate, seed, gridEvery, data } = config;
  const values = {
    ...{ preset, prediction, batchSize, learningRate, seed, gridEvery },
    trainSchedule: schedule?.kind,
    dataSet: data?.name,
  };
  for (const [name, value] of Object.entries(values)) {
    const parsed = parse(/** @type {Name} */ (name), `${value}`);
    if ('value' in parsed) settings.set(/** @type {Name} */ (name), parsed.value);
  }
}

/** @param {string} choice a digit, or `none` */
export const classOf = (choice) => (choice === 'none' ? undefined : Number(choice));

/** @returns {SampleConfig} */
export const sampleConfig = () => ({
  sampler: settings.get('sampler'),
  steps: settings.get('steps'),
  eta: settings.get('eta'),
  class: classOf(settings.get('class')),
  guidanceScale: settings.get('guidanceScale'),
  seed: settings.get('sampleSeed'),
  count: settings.get('count'),
  // Else a network that has learnt little leaves DDIM in grey: its image is clipped, and its noise is not.
  useClippedModelOutput: true,
});
