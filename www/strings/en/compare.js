// Samplers side by side.

export default {
  samplers: {
    ddpm: 'Fresh noise at every step. Made for a thousand of them.',
    ddim: 'No fresh noise: the start decides everything.',
    euler: 'The same step again, as differential equations put it.',
    heun: 'Looks ahead, asks again there, takes the mean: two calls a step.',
    dpmSolverPp2M: 'Bends the step as the last two guesses suggest.',
    uniPc: 'Bends it too, and then corrects the step before.',
  },
  flow: 'Flow',
  noise: 'Noise prediction',
  besideFlow: (/** @type {string} */ name) =>
    `Another network, ${name}: it learned the straight line from noise to digit. Euler’s steps.`,
  besideNoise: (/** @type {string} */ name) =>
    `Another network, ${name}: it learned to predict the noise. Euler’s steps.`,
  notBeside:
    'Only beside a network that draws MNIST’s digits pixel by pixel: the second one has learned those.',
  fetching: (/** @type {string} */ name) => `Fetching the second network, ${name}, before the first step.`,
  both: (/** @type {string} */ by, /** @type {string} */ name) => `${by} and ${name}`,
  missing: (/** @type {string} */ why) =>
    `This network did not come: ${why} The other rows go on without it.`,
  notDrawn: 'not drawn yet',
  calls: (/** @type {string} */ whole, /** @type {number} */ count) =>
    `${whole} model ${count === 1 ? 'call' : 'calls'}`,
  film: (/** @type {string} */ name, /** @type {number} */ count) =>
    `${name}: ${count} guesses at the digit, from noise to the end`,
  end: (/** @type {string} */ name, /** @type {number} */ step, /** @type {number} */ of) =>
    `${name}: the picture after step ${step} of ${of}`,
  noPicture: (/** @type {string} */ name) => `${name}: no picture yet`,
  group: 'Comparing',
  stop: 'Stop all',
  compare: 'Compare',
  xT: 'The noise that all rows start from',
  start:
    '{xT}, the noise that all of them start from. Each row shows the guesses at the digit, {x0}, from the first step to the last, and the picture it arrives at.',
  running: 'Drawing, one row after the other, a few steps at a time.',
  noNetwork: 'This takes a network. Train one in section two; a few hundred steps already tell them apart.',
  untrained: 'The network has not learned anything yet: expect noise from all of them.',
  sigma: (/** @type {string} */ formula) => `σ is the noise in units of the digit, ${formula}.`,
  with: 'with',
  eulerStep: (/** @type {number} */ step, /** @type {number} */ of, /** @type {string} */ sigma) =>
    `Euler’s step ${step} of ${of}. ${sigma}`,
  euler: (/** @type {string} */ sigma) => `Euler’s step as it stands. ${sigma}`,
};
