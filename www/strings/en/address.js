// What was asked for in vain, in the address or an attribute.

export default {
  theAddress: 'The address',
  theAttribute: 'The attribute',
  unknown: (/** @type {string} */ key) => `The address sets “${key}”, which this page does not know.`,
  wrong: (
    /** @type {string} */ source,
    /** @type {string} */ name,
    /** @type {string} */ text,
    /** @type {string} */ complaint,
    /** @type {string | number} */ used,
  ) => `${source} sets ${name} to “${text}”, but it ${complaint}; ${used} is used instead.`,
};
