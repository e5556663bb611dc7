// Numbers and names, where words come with them.

export default {
  /** What the core says, which speaks English. */
  said: (/** @type {string} */ message) => message,
  stop: '.',
  list: (/** @type {string[]} */ parts) => parts.join(', '),
  trainingSteps: (/** @type {string} */ whole, /** @type {number} */ count) =>
    `${whole} training ${count === 1 ? 'step' : 'steps'}`,
  labelled: (/** @type {string} */ name, /** @type {string} */ what) => `${name}: ${what}`,
};
