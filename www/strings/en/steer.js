// Have a say in what is drawn.

export default {
  noGuidance: 'Without a digit to draw there is nothing to guide to.',
  decides: 'What decides',
  promises: {
    interpolate:
      'One picture turns into another. Each has its own starting noise, a mix of the noises of two seeds; DDIM adds nothing by chance, so neighbours in noise become neighbours in handwriting. The second row mixes along a straight line, and the noise comes out too weak: a good network gets over it, others leave grey. The number under a picture is the length of its noise.',
    invert:
      'A real digit walks DDIM’s way backwards, towards noise; none is added. From where it arrives, DDIM leads back to the very same digit, the better the smaller the steps. Then the same start is told to be each of the ten digits: what stays is the handwriting. But is it noise? Look at the figures.',
    edit: 'A digit, or your drawing, sinks into noise, but not to the ground. From there the network takes over. Little noise, and it tidies up what you drew; much noise, and only the rough shape is left to go by. Each of the five has noise of its own.',
    inpaint:
      'A part of a digit is wiped out, and the network fills it in, five times over. After every step the part that is known is put back, with as much noise as the step has left. So the new strokes have to join the old ones.',
    variance:
      'All of these begin with the same noise. In the first row nothing more is left to chance, and every try comes out the same: the deviation is black. In the second row each step adds fresh noise, as DDPM does, and the tries part. Where the deviation is bright, they disagree.',
  },
  buttons: {
    interpolate: 'Draw the way',
    invert: 'There and back',
    edit: 'Draw from it',
    inpaint: 'Fill the hole',
    variance: 'Try them',
  },
  group: 'Steering',
  stop: 'Stop',
  drawFirst: 'Draw something first.',
  onTheirWay: 'The test images are on their way.',
  paintFirst: 'Paint over what is to be filled in.',
  drawingStep: (/** @type {number} */ step, /** @type {number} */ of) => `Drawing: step ${step} of ${of}.`,
  drawing: 'Drawing.',
  noNetwork: 'This takes a network. Train one in section two; a few hundred steps will do.',
  drawWith:
    'Draw with a finger, a pen or the mouse. Without one, choose a test digit: everything works with those, too.',
  yours: 'Your drawing',
  emptyPad: 'An empty pad to draw a digit on',
  beginning: 'The picture that it begins with',
  scaled: 'scaled and centred as MNIST’s digits are',
  begins: 'the picture that it begins with',
  holePad: 'The picture and its hole. Paint to make a hole of your own; the list beside it has some ready.',
  undo: 'Undo',
  clear: 'Clear',
  lines: ['The arc', 'The straight line'],
  lineWords: ['from noise to noise at full strength', 'the shorter way, through weaker noise'],
  position: (/** @type {string} */ name, /** @type {number} */ position) => `${name}, position ${position}`,
  noiseAt: (/** @type {string} */ name, /** @type {number} */ at) => `${name}: the noise at position ${at}`,
  digitAt: (/** @type {string} */ name, /** @type {number} */ at) => `${name}: the digit at position ${at}`,
  length: (/** @type {string} */ length) => `length ${length}`,
  becomes: 'what it becomes',
  theta:
    'θ is the angle between the two noises. Their lengths are measured in units in which pure noise has 1.',
  angle: (/** @type {string} */ degrees) =>
    `θ, the angle between these two noises, is ${degrees} degrees. In so many dimensions two noises are always nearly at right angles.`,
  steps: (/** @type {number} */ count) => `${count} ${count === 1 ? 'step' : 'steps'}`,
  asMany: 'there, and as many back',
  picture: 'The picture',
  noiseIn: (/** @type {string} */ steps) => `The noise it becomes in ${steps}`,
  backIn: (/** @type {string} */ steps) => `What comes back in ${steps}`,
  mean: 'Mean',
  deviation: 'Deviation',
  neighbours: 'Neighbours',
  error: 'Error',
  same: 'The same noise',
  toldEach: 'told each digit',
  told: (/** @type {number} */ digit) => `The same noise, told to be ${digit}`,
  ideal: (/** @type {string | undefined} */ ideal) => `noise: ${ideal}`,
  ofBack: 'of what came back',
  inverted:
    'DDIM’s step, with s noisier than t on the way there. The error is the root mean square over all pixels, black being −1 and white 1. Neighbours is the correlation of pixels side by side.',
  invertedWith:
    'DDIM’s step, with s noisier than t on the way there. The error is the root mean square over all pixels, black being −1 and white 1: with {steps} steps, {error}. Neighbours is the correlation of pixels side by side.',
  whereBegins: 'the picture with noise: where it begins',
  whereBeginsAt: (/** @type {number} */ t) => `the picture with noise at t = ${t}: where it begins`,
  withNoise: (/** @type {number} */ number) => `The picture with noise, number ${number}`,
  whatBecomes: 'what becomes of it',
  whatBecomesOf: (/** @type {number} */ number) => `What becomes of it, number ${number}`,
  beginsAt: (/** @type {number} */ t, /** @type {number} */ steps, /** @type {string | number} */ of) =>
    `Begins at t = ${t}: ${steps} of the ${of} steps are left to take.`,
  sectionOne: 'The formula of section one, and then the rest of the way back.',
  known: 'the known part with noise, the hole so far',
  soFar: (/** @type {number} */ number) => `The picture so far, number ${number}`,
  wholePicture: 'the whole picture, as the network guesses it; at the end, filled in',
  filled: (/** @type {number} */ number) => `Filled in, number ${number}`,
  mask: 'm is 1 where the picture is known and 0 in the hole; x̃ is what the step gave, one with fresh noise, η = 1.',
  jumps: (/** @type {number} */ length, /** @type {number} */ times) =>
    `Every ${length === 1 ? 'step' : `${length} steps`} it jumps back as far, with fresh noise, and goes that stretch ${times} times in all.`,
  noJumps: 'Without jumps back: each step is gone once.',
  etas: ['DDIM: no fresh noise', 'as much fresh noise as DDPM has'],
  meanAt: (/** @type {number} */ eta) => `The mean with η = ${eta}`,
  meanCaption: 'mean',
  deviationCaption: 'deviation',
  deviationAt: (/** @type {number} */ eta, /** @type {string} */ overall) =>
    `The standard deviation with η = ${eta}: ${overall} over all pixels`,
  noDeviation: (/** @type {number} */ eta) => `No standard deviation with η = ${eta} yet`,
  try: (/** @type {number} */ number, /** @type {number} */ eta) => `Try ${number} with η = ${eta}`,
  spread: (/** @type {number} */ tries, /** @type {string} */ means) =>
    `The standard deviation of each pixel over ${tries} tries, black being 0 and white 1. Its mean over all pixels: ${means}.`,
};
