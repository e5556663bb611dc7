// Training step by denoising step.

export default {
  empty: 'Nothing yet. Every drawing of the run becomes a row here.',
  step: 'Training step',
  kept: (/** @type {string} */ count) => `Drawings kept: ${count}. At the right end it follows the newest.`,
  reading:
    'How far the picture p is from the end e of its own row, a pixel, where black is −1 and white is 1. Where it falls, the picture makes up its mind.',
  soFar: 'the picture so far',
  guess: 'the guess at the digit',
  end: 'the end of the way',
  at: (/** @type {string} */ what, /** @type {number} */ t) => `${what} at t = ${t}`,
  words: (/** @type {string} */ what, /** @type {string} */ step, /** @type {string} */ where) =>
    `${what} by the network of step ${step}: ${where}.`,
  noise: 'noise',
  denoising: '→ denoising →',
  theEnd: 'end',
  sheet: (/** @type {string} */ what, /** @type {string} */ moments, /** @type {number} */ stages) =>
    `${what}: ${moments} moments of the training, a row each, and ${stages} stages of the way from noise`,
  toStep: (/** @type {string} */ step) => `↓ training, to step ${step}`,
};
