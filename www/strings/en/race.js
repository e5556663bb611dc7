// Two networks side by side.

export default {
  pairs: {
    networks: 'U-Net and transformer',
    v: 'ε and v',
    flow: 'ε and a flow',
    schedules: 'two schedules',
    rate: 'a rate ten times as large',
  },
  pairsOf: 'Pairs to try',
  let: 'Pairs to try:',
  group: 'Race',
  pause: 'Pause',
  goOn: 'Go on',
  start: 'Start the race',
  anew: 'Start anew',
  loss: 'Loss, smoothed',
  comparable: 'Both are errors of the same thing at the same noise levels: the lower line is ahead.',
  incomparable:
    'These two are errors of different things, or at different noise levels. Do not compare their heights: the other chart asks both the same.',
  error: 'Error on test images, measured alike',
  errorHelp:
    'Whatever a network predicts, its answer gives a guess at the noise. The formula below says how the error of that guess is measured: the lower line is ahead.',
  weights: 'Weights',
  steps: 'Training steps',
  time: 'Time spent on them',
  perSecond: 'Steps per second',
  alike: 'Error, measured alike',
  samplesOf: (/** @type {string} */ name) => `Samples of ${name}`,
  sampleOf: (/** @type {string} */ name, /** @type {string} */ what, /** @type {number} */ step) =>
    `Sample of ${name} for ${what} after ${step} steps`,
  noSample: 'No sample yet',
  after: (/** @type {string} */ steps, /** @type {string} */ time) =>
    `After ${steps} steps and ${time}: one of each class, from the same noise as the other’s.`,
  firstLook: 'Samples come at the first look, from the same noise for both.',
  changed: 'Settings changed: start anew to apply them.',
  standing: 'Both stand at the start. Out of sight, the race waits.',
  ready: 'Getting ready. The first step of each takes longest, and its time does not count.',
  sameSteps: 'Both take the same number of steps.',
  sameTime: 'Both train for the same time.',
  paused: (/** @type {string} */ steps) => `Paused after ${steps} steps.`,
  fresh: 'Fresh weights for both.',
  axisSteps: 'training step',
  axisSeconds: 'seconds of training',
  errorChart: 'Error on test images, logarithmic',
  chartEmpty: (/** @type {string} */ what) => `${what}: empty until the race begins.`,
  chart: (/** @type {string} */ what, /** @type {string} */ parts) => `${what}: ${parts}.`,
  reading:
    'Nine noise ratios r, from a tenth of the picture to ten times it, and at each the mean over the same 16 test images with the same noise.',
};
