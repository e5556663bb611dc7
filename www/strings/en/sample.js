// Sampling.

export default {
  etaIsForDdim: 'Only DDIM has a choice here: DDPM always adds its full share, the others none.',
  group: 'Sampling',
  stop: 'Stop',
  sample: 'Sample',
  single: 'Single step',
  goOn: 'Continue from here',
  settings: 'Settings of the way back',
  picture: (/** @type {number} */ number, /** @type {string} */ what) => `Picture ${number}: ${what}`,
  latentsSoFar: 'the latents so far, decoded',
  soFar: 'the picture so far',
  latentNoise: 'noise in the four channels, the guess',
  noise: 'noise, the network’s guess',
  digit: 'digit, the network’s guess',
  stepAt: (/** @type {number} */ step, /** @type {number} */ of, /** @type {number} */ t) =>
    `step ${step} of ${of}, t = ${t}`,
  end: 'the end',
  rests: (/** @type {number} */ step, /** @type {number} */ of) => `after step ${step} of ${of}`,
  change:
    'Go back to any step, change what you like, and continue from there. Only seed and number of pictures belong to the start.',
  scrub: 'Back and forth through the steps',
  side: 'Pictures drawn side by side',
  look: (/** @type {number} */ number) => `Look at picture ${number}`,
  running: (/** @type {number} */ step, /** @type {string | number} */ of) => `Step ${step} of ${of}.`,
  noNetwork: 'There is no network yet. Train one above; a few hundred steps already give shapes.',
  film: (/** @type {number} */ steps) =>
    `Film strip of ${steps} steps: the picture so far above, the guess at the digit below`,
};
