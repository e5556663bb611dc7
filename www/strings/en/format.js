// Numbers and names, where words come with them.

export default {
  trainingSteps: (/** @type {string} */ whole, /** @type {number} */ count) =>
    `${whole} training ${count === 1 ? 'step' : 'steps'}`,
  labelled: (/** @type {string} */ name, /** @type {string} */ what) => `${name}: ${what}`,
};
