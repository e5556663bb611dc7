// What draws, and what can be expected of it.

export default {
  noClasses: 'The opened network knows no classes: it draws what it likes.',
  opened: (/** @type {string} */ name) => `the opened network ${name}`,
  after: (/** @type {string} */ steps) => `a network after ${steps} training steps`,
  readyOpened: (/** @type {string} */ name) => `Ready: the opened network ${name} draws.`,
  ready: (/** @type {string} */ steps) => `Ready: the network has learned for ${steps} steps.`,
  done: 'Done',
  stopped: 'Stopped',
  callsBy: (
    /** @type {string} */ how,
    /** @type {string} */ calls,
    /** @type {string} */ time,
    /** @type {string} */ by,
  ) => `${how}: ${calls} model ${calls === '1' ? 'call' : 'calls'} in ${time}, by ${by}.`,
  callsInAll: (/** @type {string} */ how, /** @type {string} */ calls, /** @type {string} */ by) =>
    `${how}: ${calls} model calls in all, by ${by}.`,
  untrained: 'The network has not learned anything yet: expect noise.',
};
