// One training step, part by part.

export default {
  parts: ['Sample', 'Noise', 'Predict', 'Loss', 'Update'],
  nouns: { epsilon: 'the noise', sample: 'the image', v: 'v', flow: 'the velocity u' },
  says: {
    epsilon: 'which noise it believes was added',
    sample: 'which image it believes is underneath',
    v: 'which v it believes belongs to it',
    flow: 'which way it believes leads from the image to the noise',
  },
  image: 'the image',
  noise: 'the noise',
  sees: 'what the network sees',
  toSay: 'what it is to say',
  guess: (/** @type {string} */ noun) => `its guess at ${noun}`,
  error: 'squared error: black 0, white 4',
  guessAfter: 'its guess after the step',
  errorAfter: 'squared error after the step',
  group: 'One step in slow motion',
  another: 'Take another step',
  take: 'Take a step',
  back: 'Back',
  next: 'Next',
  partsOf: 'Parts of the step',
  notYet: (/** @type {string} */ what) => `Not there yet: ${what}`,
  taking: 'Taking the step. The first one takes longest.',
  waiting: 'A real step of the run: it counts, and the run pauses for it.',
  untold: 'What it shows, the network is not told this time',
  told: (/** @type {string} */ what) => `It is told: ${what}`,
  first: (/** @type {string} */ step, /** @type {string} */ images, /** @type {string} */ told) =>
    `Step ${step}. Of the ${images} images of its batch, this is the first. ${told}.`,
  second: (/** @type {number} */ t) =>
    `A random timestep, t = ${t}, and random noise. Together they make what the network sees.`,
  third: (/** @type {string} */ says) => `The network sees the mix, t and the class, and says ${says}.`,
  fourth: (/** @type {string} */ noun, /** @type {string} */ here, /** @type {string} */ batch) =>
    `Pixel by pixel the guess is compared with ${noun}: ${here} is the mean here, ${batch} that of the whole batch.`,
  fifth: (/** @type {string} */ after, /** @type {string} */ before) =>
    `The weights have moved a little downhill. Asked again, the network errs by ${after} instead of ${before}.`,
  data: 'data',
  withheld:
    'One time in ten, at random, the class is withheld, ∅, so that the network also learns to do without: guidance will need it.',
  flowPath: (/** @type {string} */ definition) =>
    `On a flow’s straight path the two numbers add up to one. ${definition}`,
  firstFormula: (/** @type {string} */ definition) =>
    `The formula of the first section. Each image of the batch has its own t and its own noise. ${definition}`,
  moment: 'These are the weights of the moment, not their smoothed copy.',
  meanOver: (/** @type {number} */ images, /** @type {string} */ loss) =>
    `The loss is the mean of this over the ${images} images of the batch: ${loss}.`,
  meanOverBatch: 'The loss is the mean of this over the batch.',
  adamWith: (
    /** @type {string} */ rate,
    /** @type {string} */ decay,
    /** @type {string} */ length,
    /** @type {string} */ weights,
  ) =>
    `AdamW: m̂ and v̂ are running means of the gradient and of its square, η = ${rate} and λ = ${decay}. The gradient of this step has the length ${length}; all weights together have the length ${weights}.`,
  adamClipped: (
    /** @type {string} */ rate,
    /** @type {string} */ decay,
    /** @type {string} */ length,
    /** @type {string} */ weights,
    /** @type {string} */ most,
  ) =>
    `AdamW: m̂ and v̂ are running means of the gradient and of its square, η = ${rate} and λ = ${decay}. The gradient of this step has the length ${length}, and counts with the length ${most} at most; all weights together have the length ${weights}.`,
  adam: 'AdamW: m̂ and v̂ are running means of the gradient and of its square, η is the learning rate, λ the weight decay.',
};
