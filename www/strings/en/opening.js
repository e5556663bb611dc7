// The opening: digits form from noise.

export default {
  noise: 'pure noise',
  done: 'done',
  step: (/** @type {number} */ position, /** @type {number} */ of) => `step ${position} of ${of}`,
  forming: 'Digits forming from noise',
  noneYet: (/** @type {string} */ name) => `No ${name} yet`,
  group: 'Drawing digits',
  others: 'Draw others',
  train: 'Train one yourself',
  slider: 'From noise to digit',
  back: 'Go back through the steps.',
  problem: (/** @type {string} */ problem) =>
    `The trained network did not arrive: ${problem} Everything else works without it: train one yourself.`,
  again: 'Try again',
  received: (/** @type {string} */ received) => `${received} MB`,
  receivedOf: (/** @type {string} */ received, /** @type {string} */ total) => `${received} of ${total} MB`,
  recording: 'Recording',
  recorded: 'Meanwhile, a recording of the MNIST DiT.',
  fetching: 'Fetching a trained network.',
  nothing: 'Nothing can draw here yet.',
  noDigits: 'The opened network does not know the ten digits.',
  drawing: 'Drawing.',
  untrained: 'The network has not learned anything yet: expect noise.',
  drawn: (/** @type {string} */ seconds, /** @type {number} */ looks, /** @type {string} */ by) =>
    `Drawn in ${seconds}, with ${looks} looks at the noise, by ${by}.`,
};
