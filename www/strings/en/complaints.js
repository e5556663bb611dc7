// What a value must be, where it is not that. Each follows on the setting's name.

/** @param {number} value */
const plain = (value) => value.toLocaleString('en', { maximumFractionDigits: 6 });

export default {
  oneOf: (/** @type {readonly string[]} */ choices) => `must be one of ${choices.join(', ')}`,
  whole: (/** @type {number} */ min, /** @type {number} */ max) =>
    `must be a whole number from ${plain(min)} to ${plain(max)}`,
  number: (/** @type {number} */ min, /** @type {number} */ max) =>
    `must be a number from ${plain(min)} to ${plain(max)}`,
};
