// Every setting of the page, once: controls, validation, the address and the elements' attributes are read from here. What
// they are called is in `strings/`, by the same names.

import complaints from './strings/en/complaints.js';

/**
 * @typedef {object} Property
 * @property {'opening' | 'forward' | 'data' | 'train' | 'race' | 'save' | 'sample' | 'compare' | 'steer' | 'guidance' | 'objective' | 'network' | 'timeMachine' | 'points' | 'latent'} section
 * @property {'integer' | 'number' | 'choice'} kind
 * @property {'range' | 'number' | 'select' | 'checkbox'} control
 * @property {number | string} default
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step]
 * @property {boolean} [plays] a slider that can run to its end by itself
 * @property {boolean} [seed] a seed: the control offers to draw another
 * @property {readonly string[]} [choices] a checkbox has `no` and `yes`
 * @property {'model' | 'run'} [classesOf] the choices are classes, called as in the data set of the network that draws, or
 *   of the run
 */

const SCHEDULES = /** @type {const} */ (['linear', 'scaledLinear', 'cosine', 'sigmoid']);

const DIGITS = /** @type {const} */ (['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);

const CLASSES = /** @type {const} */ ([...DIGITS, 'none']);

const NETWORKS = /** @type {const} */ (['unet', 'unet-cross', 'dit', 'tiny']);

const PREDICTIONS = /** @type {const} */ (['epsilon', 'sample', 'v', 'flow']);

const NO_OR_YES = /** @type {const} */ (['no', 'yes']);

const MAX_SEED = 4294967295;

/** Each of the two in a race has these. */
const RACER = /** @type {const} */ ({
  network: {
    section: 'race',
    kind: 'choice',
    control: 'select',
    choices: NETWORKS,
  },
  prediction: {
    section: 'race',
    kind: 'choice',
    control: 'select',
    choices: PREDICTIONS,
    default: 'epsilon',
  },
  schedule: {
    section: 'race',
    kind: 'choice',
    control: 'select',
    choices: SCHEDULES,
    default: 'linear',
  },
  rate: {
    section: 'race',
    kind: 'number',
    control: 'number',
    min: 0.000001,
    max: 0.1,
    default: 0.001,
  },
});

export const properties = /** @type {const} @satisfies {Record<string, Property>} */ ({
  model: {
    section: 'opening',
    kind: 'choice',
    control: 'select',
    choices: [
      'mnist-unet',
      'mnist-dit',
      'mnist-dit-learned-sigma',
      'mnist-dit-latent',
      'mnist-flow',
      'fashion-unet',
      'fashion-dit',
      'none',
    ],
    default: 'mnist-dit',
  },
  openingDigit: {
    section: 'opening',
    kind: 'choice',
    control: 'select',
    choices: [...DIGITS, 'each'],
    classesOf: 'model',
    default: 'each',
  },
  openingSeed: {
    section: 'opening',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  image: {
    section: 'forward',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: 9999,
    default: 0,
  },
  t: {
    section: 'forward',
    kind: 'integer',
    control: 'range',
    plays: true,
    min: 0,
    max: 1000,
    step: 1,
    default: 250,
  },
  schedule: {
    section: 'forward',
    kind: 'choice',
    control: 'select',
    choices: SCHEDULES,
    default: 'linear',
  },
  noiseSeed: {
    section: 'forward',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  zeroTerminalSnr: {
    section: 'forward',
    kind: 'choice',
    control: 'checkbox',
    choices: NO_OR_YES,
    default: 'no',
  },
  stepwise: {
    section: 'forward',
    kind: 'choice',
    control: 'checkbox',
    choices: NO_OR_YES,
    default: 'no',
  },
  pictureInverted: {
    section: 'forward',
    kind: 'choice',
    control: 'checkbox',
    choices: NO_OR_YES,
    default: 'no',
  },
  dataSet: {
    section: 'data',
    kind: 'choice',
    control: 'select',
    choices: ['mnist', 'fashion', 'own'],
    default: 'mnist',
  },
  ownInverted: {
    section: 'data',
    kind: 'choice',
    control: 'checkbox',
    choices: NO_OR_YES,
    default: 'no',
  },
  preset: {
    section: 'train',
    kind: 'choice',
    control: 'select',
    choices: NETWORKS,
    default: 'unet',
  },
  batchSize: {
    section: 'train',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 512,
    default: 64,
  },
  learningRate: {
    section: 'train',
    kind: 'number',
    control: 'number',
    min: 0.000001,
    max: 0.1,
    default: 0.001,
  },
  trainSchedule: {
    section: 'train',
    kind: 'choice',
    control: 'select',
    choices: SCHEDULES,
    default: 'linear',
  },
  prediction: {
    section: 'train',
    kind: 'choice',
    control: 'select',
    choices: PREDICTIONS,
    default: 'epsilon',
  },
  seed: {
    section: 'train',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  gridEvery: {
    section: 'train',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 10000,
    default: 100,
  },
  weights: {
    section: 'train',
    kind: 'choice',
    control: 'select',
    choices: ['ema', 'raw'],
    default: 'ema',
  },
  sampler: {
    section: 'sample',
    kind: 'choice',
    control: 'select',
    choices: ['ddim', 'ddpm', 'euler', 'heun', 'dpmSolverPp2M', 'uniPc'],
    default: 'ddim',
  },
  steps: {
    section: 'sample',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1000,
    default: 50,
  },
  eta: {
    section: 'sample',
    kind: 'number',
    control: 'range',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0,
  },
  class: {
    section: 'sample',
    kind: 'choice',
    control: 'select',
    choices: CLASSES,
    classesOf: 'model',
    default: '3',
  },
  guidanceScale: {
    section: 'sample',
    kind: 'number',
    control: 'range',
    min: 0,
    max: 8,
    step: 0.5,
    default: 2,
  },
  sampleSeed: {
    section: 'sample',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  count: {
    section: 'sample',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 20,
    default: 10,
  },
  compareClass: {
    section: 'compare',
    kind: 'choice',
    control: 'select',
    choices: CLASSES,
    classesOf: 'model',
    default: '3',
  },
  compareSteps: {
    section: 'compare',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1000,
    default: 10,
  },
  compareSeed: {
    section: 'compare',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  compareBeside: {
    section: 'compare',
    kind: 'choice',
    control: 'checkbox',
    choices: NO_OR_YES,
    default: 'no',
  },
  steer: {
    section: 'steer',
    kind: 'choice',
    control: 'select',
    choices: ['interpolate', 'invert', 'edit', 'inpaint', 'variance'],
    default: 'interpolate',
  },
  steerClass: {
    section: 'steer',
    kind: 'choice',
    control: 'select',
    choices: CLASSES,
    default: 'none',
  },
  steerGuidance: {
    section: 'steer',
    kind: 'number',
    control: 'range',
    min: 1,
    max: 8,
    step: 0.5,
    default: 2,
  },
  steerSteps: {
    section: 'steer',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1000,
    default: 40,
  },
  steerSeed: {
    section: 'steer',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  steerOtherSeed: {
    section: 'steer',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 2,
  },
  steerPosition: {
    section: 'steer',
    kind: 'number',
    control: 'range',
    plays: true,
    min: 0,
    max: 1,
    step: 0.125,
    default: 0.5,
  },
  steerSource: {
    section: 'steer',
    kind: 'choice',
    control: 'select',
    choices: ['test', 'drawn'],
    default: 'test',
  },
  steerImage: {
    section: 'steer',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: 9999,
    default: 0,
  },
  steerStrength: {
    section: 'steer',
    kind: 'integer',
    control: 'range',
    min: 1,
    max: 1000,
    step: 1,
    default: 500,
  },
  steerHole: {
    section: 'steer',
    kind: 'choice',
    control: 'select',
    choices: ['bottom', 'top', 'left', 'right', 'middle', 'painted'],
    default: 'bottom',
  },
  steerResamplings: {
    section: 'steer',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 10,
    default: 3,
  },
  steerCount: {
    section: 'steer',
    kind: 'integer',
    control: 'number',
    min: 2,
    max: 64,
    default: 16,
  },
  guidanceRescale: {
    section: 'guidance',
    kind: 'number',
    control: 'range',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0,
  },
  guidanceSteps: {
    section: 'guidance',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1000,
    default: 20,
  },
  guidanceSeed: {
    section: 'guidance',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  guidanceVerdicts: {
    section: 'guidance',
    kind: 'choice',
    control: 'checkbox',
    choices: NO_OR_YES,
    default: 'yes',
  },
  boundVariance: {
    section: 'objective',
    kind: 'choice',
    control: 'select',
    choices: ['fixedSmall', 'fixedLarge', 'learnedRange'],
    default: 'fixedSmall',
  },
  boundImages: {
    section: 'objective',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 256,
    default: 16,
  },
  boundTimesteps: {
    section: 'objective',
    kind: 'integer',
    control: 'number',
    min: 3,
    max: 1000,
    default: 40,
  },
  boundSeed: {
    section: 'objective',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  diagram: {
    section: 'network',
    kind: 'choice',
    control: 'select',
    choices: ['own', 'opened', 'unet', 'unet-cross', 'dit', 'unet-128', 'dit-s-4'],
    default: 'own',
  },
  diagramBatch: {
    section: 'network',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1024,
    default: 32,
  },
  machineDigit: {
    section: 'timeMachine',
    kind: 'choice',
    control: 'select',
    choices: DIGITS,
    classesOf: 'run',
    default: '3',
  },
  machineView: {
    section: 'timeMachine',
    kind: 'choice',
    control: 'select',
    choices: ['x0Hat', 'xT'],
    default: 'x0Hat',
  },
  machineStage: {
    section: 'timeMachine',
    kind: 'integer',
    control: 'range',
    plays: true,
    min: 0,
    max: 10,
    step: 1,
    default: 10,
  },
  pointsShape: {
    section: 'points',
    kind: 'choice',
    control: 'select',
    choices: ['two-moons', 'swiss-roll', 'eight-gaussians', 'checkerboard', 'drawn'],
    default: 'two-moons',
  },
  pointsRate: {
    section: 'points',
    kind: 'number',
    control: 'number',
    min: 0.000001,
    max: 0.1,
    default: 0.004,
  },
  pointsSeed: {
    section: 'points',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  pointsView: {
    section: 'points',
    kind: 'choice',
    control: 'select',
    choices: ['xT', 'x0Hat', 'field'],
    default: 'xT',
  },
  pointsStage: {
    section: 'points',
    kind: 'integer',
    control: 'range',
    plays: true,
    min: 0,
    max: 20,
    step: 1,
    default: 20,
  },
  autoencoderPreset: {
    section: 'latent',
    kind: 'choice',
    control: 'select',
    choices: ['autoencoder', 'autoencoder-tiny'],
    default: 'autoencoder',
  },
  latentPreset: {
    section: 'latent',
    kind: 'choice',
    control: 'select',
    choices: ['unet-latent', 'dit-latent', 'unet-latent-tiny'],
    default: 'unet-latent',
  },
  klWeight: {
    section: 'latent',
    kind: 'number',
    control: 'number',
    min: 0,
    max: 1,
    default: 0.000001,
  },
  latentRate: {
    section: 'latent',
    kind: 'number',
    control: 'number',
    min: 0.000001,
    max: 0.1,
    default: 0.001,
  },
  latentBatch: {
    section: 'latent',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 512,
    default: 64,
  },
  latentImages: {
    section: 'latent',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 60000,
    default: 60000,
  },
  latentSeed: {
    section: 'latent',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  latentDigit: {
    section: 'latent',
    kind: 'choice',
    control: 'select',
    choices: DIGITS,
    default: '3',
  },
  latentStage: {
    section: 'latent',
    kind: 'integer',
    control: 'range',
    plays: true,
    min: 0,
    max: 10,
    step: 1,
    default: 10,
  },
  latentFirst: {
    section: 'latent',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: 9999,
    default: 0,
  },
  latentSecond: {
    section: 'latent',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: 9999,
    default: 4,
  },
  latentMix: {
    section: 'latent',
    kind: 'integer',
    control: 'range',
    plays: true,
    min: 0,
    max: 10,
    step: 1,
    default: 5,
  },
  raceNetworkA: { ...RACER.network, default: 'unet' },
  racePredictionA: RACER.prediction,
  raceScheduleA: RACER.schedule,
  raceRateA: RACER.rate,
  raceNetworkB: { ...RACER.network, default: 'dit' },
  racePredictionB: RACER.prediction,
  raceScheduleB: RACER.schedule,
  raceRateB: RACER.rate,
  raceBatchSize: {
    section: 'race',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 512,
    default: 64,
  },
  raceSeed: {
    section: 'race',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
  },
  raceEvery: {
    section: 'race',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 10000,
    default: 100,
  },
  racePace: {
    section: 'race',
    kind: 'choice',
    control: 'select',
    choices: ['steps', 'seconds'],
    default: 'steps',
  },
  exportScale: {
    section: 'save',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 16,
    default: 4,
  },
});

/** @typedef {keyof typeof properties} Name */

/**
 * @typedef {{
 *   [N in Name]: (typeof properties)[N] extends { choices: readonly (infer C)[] } ? C : number
 * }} Values
 */

export const names = /** @type {Name[]} */ (Object.keys(properties));

/**
 * The property as its own interface, optional fields included.
 * @param {Name} name
 * @returns {Property}
 */
export const propertyOf = (name) => properties[name];

/**
 * Reads a value that came as text, from an input, an attribute or the address.
 * @param {Name} name
 * @param {string} text
 * @param {typeof complaints} words
 * @returns {{ value: number | string } | { complaint: string }} the complaint is what the value must be
 */
export function parse(name, text, words = complaints) {
  const { kind, choices = [], min = -Infinity, max = Infinity } = propertyOf(name);
  if (kind === 'choice') {
    return choices.includes(text) ? { value: text } : { complaint: words.oneOf(choices) };
  }
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max && (kind === 'number' || Number.isInteger(value))) return { value };
  return { complaint: kind === 'integer' ? words.whole(min, max) : words.number(min, max) };
}
