// The variational bound.

export default {
  group: 'Measuring the bound',
  stop: 'Stop measuring',
  measure: 'Measure',
  terms: 'Terms of the bound, bits per dimension',
  lastStep: 'the last step, to grey values',
  stepsBefore: 'the steps before',
  theStart: 'the start',
  errorOf: '{simple}, the error of {what}',
  minimised: 'What training minimises: every timestep counts alike.',
  settings: 'Settings of the measurement',
  whole: 'Whole bound, estimated',
  simple: '{simple}, estimated',
  termsShort: 'Terms',
  of: (/** @type {string} */ done, /** @type {string} */ total) => `${done} of ${total}`,
  running: (/** @type {string} */ images) => `Measuring on ${images} test images.`,
  done: (
    /** @type {string} */ how,
    /** @type {string} */ terms,
    /** @type {string} */ calls,
    /** @type {string} */ time,
    /** @type {string} */ by,
  ) => `${how}: ${terms} terms by ${calls} model calls in ${time}, of ${by}.`,
  noNetwork: 'There is nothing to measure without a network. Train one in section two first.',
  untrained: 'The network has not learned anything yet: expect a large bound.',
  known: (/** @type {string} */ terms) =>
    `Bits per dimension, from ${terms} terms; those between lie on the chart’s lines.`,
  soFar: (/** @type {string} */ terms) =>
    `Bits per dimension, from ${terms} terms so far; those between lie on the chart’s lines.`,
  unknown: 'In bits per dimension: how many bits a pixel would take if the network packed the picture.',
  axis: 'timestep t',
  bitsEmpty: 'Terms of the bound over t: empty yet.',
  simpleEmpty: 'Error of the noise over t: empty yet.',
  simpleChart: (
    /** @type {string} */ first,
    /** @type {string} */ from,
    /** @type {string} */ last,
    /** @type {string} */ to,
  ) => `L_simple over t: ${first} at ${from}, ${last} at ${to}.`,
  bitsChart: (
    /** @type {string} */ l0,
    /** @type {string} */ at,
    /** @type {string} */ bits,
    /** @type {string} */ lT,
  ) =>
    `Terms of the bound over t, in bits per dimension, both axes logarithmic: L_0 is ${l0}, the last term at ${at} is ${bits}, L_T is ${lT}.`,
};
