// Guidance, and what a classifier reads.

export default {
  group: 'Guiding',
  stop: 'Stop drawing',
  draw: 'Draw the grid',
  stopLooking: 'Stop looking',
  look: 'Look for copies',
  start: 'the start, the same all the way down',
  noise: (/** @type {string} */ what) => `The noise that ${what} starts from`,
  unread: (/** @type {string} */ problem) => `The pictures cannot be read: ${problem}`,
  again: 'Try again',
  reader: (/** @type {string} */ percent) =>
    `Under each picture: what the second network reads in it, and how probable it finds that. ✓ is the digit asked for, ✗ another. It reads ${percent} % of the real test images right.`,
  looking: 'Looking through the training images',
  lookingOf: (/** @type {string} */ searched, /** @type {string} */ of) =>
    `Looking through ${searched} of ${of} training images`,
  distances: (
    /** @type {{ grid: string, test: string, testImages: number, least: string, nearer: number, pictures: number }} */ {
      grid,
      test,
      testImages,
      least,
      nearer,
      pictures,
    },
  ) =>
    `To the nearest training image it is ${grid} from the pictures of this grid, in the median, and ${test} from ${testImages} real digits of the test set. The nearest of those is ${least} away; ${nearer === 0 ? 'none' : nearer} of the ${pictures} pictures ${nearer === 1 ? 'comes' : 'come'} nearer than that. The percentage says how many of the real digits come nearer than this picture. Distances are Euclidean, over pixels from −1 to 1.`,
  stepOf: (/** @type {number} */ step, /** @type {number} */ of) => `step ${step} of ${of}`,
  none: 'no guidance',
  times: (/** @type {number} */ scale) => `${scale} × the difference`,
  share: (/** @type {number} */ right, /** @type {number} */ of, /** @type {string} */ percent) =>
    `read as asked: ${right} of ${of}, ${percent}`,
  picture: (
    /** @type {string} */ what,
    /** @type {number} */ scale,
    /** @type {string} */ progress,
    /** @type {string} */ read,
  ) => `${what} with guidance scale ${scale}, ${progress}${read}`,
  noPicture: (/** @type {string} */ what, /** @type {number} */ scale) =>
    `No ${what} with guidance scale ${scale} yet`,
  nearest: (/** @type {string} */ what, /** @type {string} */ distance) =>
    `The training image nearest to it, ${what}: ${distance} away`,
  readAs: (/** @type {number} */ digit, /** @type {string} */ probability) =>
    `, read as ${digit}, ${probability} probable`,
  running: 'Drawing all rows at once, a few steps at a time.',
  noDigits: 'The opened network does not know the ten digits: there is nothing to guide it to.',
  noNetwork: 'Guidance steers a network, and there is none so far. Train one in section two.',
  untrained: 'The network has not learned anything yet: there is nothing to exaggerate.',
  reading: (/** @type {string} */ rescaling) =>
    `The guess with the digit’s name, c, and the guess without, ∅, in every row of the grid. ${rescaling}`,
  rescaled: (/** @type {number} */ percent) => `Of what is gained in contrast, ${percent} % is taken back.`,
  unscaled: 'All contrast gained is kept.',
};
