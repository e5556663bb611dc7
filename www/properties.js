// Every setting of the page, once: controls, validation, the address and the elements' attributes are read from here.

/**
 * @typedef {object} Property
 * @property {'forward' | 'train' | 'sample' | 'compare' | 'guidance' | 'objective' | 'network' | 'timeMachine' | 'points' | 'race' | 'save'} section
 * @property {'integer' | 'number' | 'choice'} kind
 * @property {'range' | 'number' | 'select' | 'checkbox'} control
 * @property {string} label
 * @property {string} help one line under the control
 * @property {number | string} default
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step]
 * @property {boolean} [seed] a seed: the control offers to draw another
 * @property {Record<string, string>} [choices] value and the words shown for it; a checkbox has `no` and `yes`
 */

const SCHEDULES = {
  linear: 'Linear (DDPM)',
  scaledLinear: 'Scaled linear (Stable Diffusion)',
  cosine: 'Cosine (Improved DDPM)',
  sigmoid: 'Sigmoid',
};

/** @type {Record<string, string>} */
const DIGITS = Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [digit, `${digit}`]));

/** @type {Record<string, string>} */
const CLASSES = {
  ...DIGITS,
  none: 'Any (unconditional)',
};

const NETWORKS = {
  unet: 'U-Net',
  'unet-cross': 'U-Net with cross-attention',
  dit: 'Diffusion Transformer (DiT)',
  tiny: 'Tiny U-Net',
};

const PREDICTIONS = {
  epsilon: 'ε, the noise',
  sample: 'x₀, the digit',
  v: 'v, a mix of both',
  flow: 'u, the velocity of a flow',
};

const NO_OR_YES = { no: 'no', yes: 'yes' };

const MAX_SEED = 4294967295;

/** Each of the two in a race has these. */
const RACER = /** @type {const} */ ({
  network: {
    section: 'race',
    kind: 'choice',
    control: 'select',
    choices: NETWORKS,
    label: 'Network',
    help: 'On a slow machine, let tiny ones race.',
  },
  prediction: {
    section: 'race',
    kind: 'choice',
    control: 'select',
    choices: PREDICTIONS,
    default: 'epsilon',
    label: 'Predicts',
    help: 'What its loss is the error of.',
  },
  schedule: {
    section: 'race',
    kind: 'choice',
    control: 'select',
    choices: SCHEDULES,
    default: 'linear',
    label: 'Noise schedule',
    help: 'A flow has one of its own.',
  },
  rate: {
    section: 'race',
    kind: 'number',
    control: 'number',
    min: 0.000001,
    max: 0.1,
    default: 0.001,
    label: 'Learning rate',
    help: 'Too large, and it trips.',
  },
});

export const properties = /** @type {const} @satisfies {Record<string, Property>} */ ({
  image: {
    section: 'forward',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: 9999,
    default: 0,
    label: 'Test image',
    help: 'Its number among the 10,000 test images of MNIST.',
  },
  t: {
    section: 'forward',
    kind: 'integer',
    control: 'range',
    min: 0,
    max: 1000,
    step: 1,
    default: 250,
    label: 'Timestep t',
    help: '0 is the untouched digit; at 1000 almost nothing of it is left.',
  },
  schedule: {
    section: 'forward',
    kind: 'choice',
    control: 'select',
    choices: SCHEDULES,
    default: 'linear',
    label: 'Noise schedule',
    help: 'How fast the digit sinks into the noise on the way.',
  },
  noiseSeed: {
    section: 'forward',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
    label: 'Noise seed',
    help: 'The same seed always gives the same noise.',
  },
  zeroTerminalSnr: {
    section: 'forward',
    kind: 'choice',
    control: 'checkbox',
    choices: NO_OR_YES,
    default: 'no',
    label: 'Zero terminal SNR',
    help: 'Bends the curve so that at the end nothing of the digit is left.',
  },
  preset: {
    section: 'train',
    kind: 'choice',
    control: 'select',
    choices: NETWORKS,
    default: 'unet',
    label: 'Network',
    help: 'The tiny one draws worse, and learns on slow machines too.',
  },
  batchSize: {
    section: 'train',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 512,
    default: 64,
    label: 'Batch size',
    help: 'Pictures in one step. More: a steadier loss, a slower step.',
  },
  learningRate: {
    section: 'train',
    kind: 'number',
    control: 'number',
    min: 0.000001,
    max: 0.1,
    default: 0.001,
    label: 'Learning rate',
    help: 'How far each step moves the weights. Too far, and the loss jumps.',
  },
  trainSchedule: {
    section: 'train',
    kind: 'choice',
    control: 'select',
    choices: SCHEDULES,
    default: 'linear',
    label: 'Noise schedule',
    help: 'The noise levels the network will meet. Samples use the same one.',
  },
  prediction: {
    section: 'train',
    kind: 'choice',
    control: 'select',
    choices: PREDICTIONS,
    default: 'epsilon',
    label: 'The network predicts',
    help: 'Each says the same of a noisy digit. A flow has a noise schedule of its own.',
  },
  seed: {
    section: 'train',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
    label: 'Seed',
    help: 'First weights, order of the pictures, noise: all follow from it.',
  },
  gridEvery: {
    section: 'train',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 10000,
    default: 100,
    label: 'Sample interval',
    help: 'Steps between drawings. Rarely: more time for learning.',
  },
  weights: {
    section: 'train',
    kind: 'choice',
    control: 'select',
    choices: { ema: 'their moving average (EMA)', raw: 'of the last step, as they are' },
    default: 'ema',
    label: 'Weights to draw with',
    help: 'Counts from the next drawing on, in all sections: no restart.',
  },
  sampler: {
    section: 'sample',
    kind: 'choice',
    control: 'select',
    choices: { ddim: 'DDIM', ddpm: 'DDPM' },
    default: 'ddim',
    label: 'Sampler',
    help: 'DDPM adds fresh noise on the way; DDIM can do without.',
  },
  steps: {
    section: 'sample',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1000,
    default: 50,
    label: 'Steps',
    help: 'Each step asks the network once (twice with guidance).',
  },
  eta: {
    section: 'sample',
    kind: 'number',
    control: 'range',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0,
    label: 'Fresh noise η',
    help: '0: the start decides everything. 1: as much fresh noise as DDPM.',
  },
  class: {
    section: 'sample',
    kind: 'choice',
    control: 'select',
    choices: CLASSES,
    default: '3',
    label: 'Digit to draw',
    help: 'The class that the network is told while it looks at the noise.',
  },
  guidanceScale: {
    section: 'sample',
    kind: 'number',
    control: 'range',
    min: 0,
    max: 8,
    step: 0.5,
    default: 2,
    label: 'Guidance scale w',
    help: '1: no guidance. Higher: more typical digits, less variety.',
  },
  sampleSeed: {
    section: 'sample',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
    label: 'Seed',
    help: 'The first noise, x at time T. Same seed, same noise.',
  },
  count: {
    section: 'sample',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 20,
    default: 10,
    label: 'Pictures',
    help: 'Drawn side by side, each from its own noise.',
  },
  compareClass: {
    section: 'compare',
    kind: 'choice',
    control: 'select',
    choices: CLASSES,
    default: '3',
    label: 'Digit to draw',
    help: 'The same for all of them.',
  },
  compareSteps: {
    section: 'compare',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1000,
    default: 10,
    label: 'Steps each',
    help: 'Few, and the methods part; many, and they meet.',
  },
  compareSeed: {
    section: 'compare',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
    label: 'Seed',
    help: 'The noise that all of them start from.',
  },
  guidanceRescale: {
    section: 'guidance',
    kind: 'number',
    control: 'range',
    min: 0,
    max: 1,
    step: 0.05,
    default: 0,
    label: 'Rescale φ',
    help: 'Takes back the contrast that guidance adds. 1: all of it.',
  },
  guidanceSteps: {
    section: 'guidance',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1000,
    default: 20,
    label: 'Steps each',
    help: 'DDIM in every row. Guided steps look at twice as many pictures.',
  },
  guidanceSeed: {
    section: 'guidance',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
    label: 'Seed',
    help: 'The noise that each column starts from.',
  },
  boundVariance: {
    section: 'objective',
    kind: 'choice',
    control: 'select',
    choices: { fixedSmall: 'β̃, the posterior’s', fixedLarge: 'β, the forward step’s' },
    default: 'fixedSmall',
    label: 'Variance of the steps back',
    help: 'The network does not learn it: it is one of two extremes.',
  },
  boundImages: {
    section: 'objective',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 256,
    default: 16,
    label: 'Test images',
    help: 'The first so many, none of which it was trained on.',
  },
  boundTimesteps: {
    section: 'objective',
    kind: 'integer',
    control: 'number',
    min: 3,
    max: 1000,
    default: 40,
    label: 'Terms to measure',
    help: 'Of all 1,000, denser where t is small. One model call each.',
  },
  boundSeed: {
    section: 'objective',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
    label: 'Seed',
    help: 'The noise that the images are given.',
  },
  diagram: {
    section: 'network',
    kind: 'choice',
    control: 'select',
    choices: {
      own: 'The one of section two',
      unet: 'U-Net',
      'unet-cross': 'U-Net with cross-attention',
      dit: 'Diffusion Transformer (DiT)',
      'unet-128': 'UNet2DModel for 128 × 128',
      'dit-s-4': 'DiT-S/4 over latents',
    },
    default: 'own',
    label: 'Network',
    help: 'The last two are published ones: too large for a tab, and drawn all the same.',
  },
  diagramBatch: {
    section: 'network',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 1024,
    default: 32,
    label: 'Pictures in the batch',
    help: 'The first number of every shape.',
  },
  machineDigit: {
    section: 'timeMachine',
    kind: 'choice',
    control: 'select',
    choices: DIGITS,
    default: '3',
    label: 'Digit',
    help: 'Each starts from its own noise, the same in every row.',
  },
  machineView: {
    section: 'timeMachine',
    kind: 'choice',
    control: 'select',
    choices: { x0Hat: 'x̂₀, the guess at the digit', xT: 'xₜ, the picture so far' },
    default: 'x0Hat',
    label: 'What is shown',
    help: 'The guess is there from the first look on; the picture follows it.',
  },
  machineStage: {
    section: 'timeMachine',
    kind: 'integer',
    control: 'range',
    min: 0,
    max: 10,
    step: 1,
    default: 10,
    label: 'Denoising stage',
    help: '0: nothing but noise. 10: the end of the way.',
  },
  pointsShape: {
    section: 'points',
    kind: 'choice',
    control: 'select',
    choices: {
      'two-moons': 'Two moons',
      'swiss-roll': 'Swiss roll',
      'eight-gaussians': 'Eight Gaussians',
      checkerboard: 'Checkerboard',
      drawn: 'Your own drawing',
    },
    default: 'two-moons',
    label: 'Points to learn from',
    help: 'Another shape starts anew, and so does a change of the other two.',
  },
  pointsRate: {
    section: 'points',
    kind: 'number',
    control: 'number',
    min: 0.000001,
    max: 0.1,
    default: 0.004,
    label: 'Learning rate',
    help: 'So small a network can take large steps.',
  },
  pointsSeed: {
    section: 'points',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
    label: 'Seed',
    help: 'First weights, the points, the noise: all follow from it.',
  },
  pointsView: {
    section: 'points',
    kind: 'choice',
    control: 'select',
    choices: { xT: 'xₜ, the points on their way', x0Hat: 'x̂₀, where each seems to belong' },
    default: 'xT',
    label: 'What is shown',
    help: 'The guess comes first; the point then moves a little towards it.',
  },
  pointsStage: {
    section: 'points',
    kind: 'integer',
    control: 'range',
    min: 0,
    max: 20,
    step: 1,
    default: 20,
    label: 'Denoising step',
    help: '0: nothing but noise. 20: the samples.',
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
    label: 'Pictures in a batch',
    help: 'The same for both, or they would not see the same ones.',
  },
  raceSeed: {
    section: 'race',
    kind: 'integer',
    control: 'number',
    min: 0,
    max: MAX_SEED,
    seed: true,
    default: 1,
    label: 'Seed',
    help: 'The same for both: pictures, timesteps, noise, first weights.',
  },
  raceEvery: {
    section: 'race',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 10000,
    default: 100,
    label: 'Steps between looks',
    help: 'At a look both draw, and are asked about test images.',
  },
  racePace: {
    section: 'race',
    kind: 'choice',
    control: 'select',
    choices: { steps: 'equal steps', seconds: 'equal time' },
    default: 'steps',
    label: 'Kept level by',
    help: 'Who is behind trains next. This can change on the way.',
  },
  exportScale: {
    section: 'save',
    kind: 'integer',
    control: 'number',
    min: 1,
    max: 16,
    default: 4,
    label: 'Scale of pictures',
    help: 'Screen pixels for each of a picture’s, in both directions.',
  },
});

/** @typedef {keyof typeof properties} Name */

/**
 * @typedef {{
 *   [N in Name]: (typeof properties)[N] extends { choices: infer C } ? Extract<keyof C, string> : number
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
 * @returns {{ value: number | string } | { complaint: string }} the complaint is what the value must be
 */
export function parse(name, text) {
  const { kind, choices = {}, min = -Infinity, max = Infinity } = propertyOf(name);
  if (kind === 'choice') {
    if (Object.hasOwn(choices, text)) return { value: text };
    return { complaint: `must be one of ${Object.keys(choices).join(', ')}` };
  }
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max && (kind === 'number' || Number.isInteger(value))) return { value };
  const noun = kind === 'integer' ? 'a whole number' : 'a number';
  return { complaint: `must be ${noun} from ${plain(min)} to ${plain(max)}` };
}

/** @param {number} value */
const plain = (value) => value.toLocaleString('en', { maximumFractionDigits: 6 });
