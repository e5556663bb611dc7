// A setting's control.

export default {
  new: 'New',
  play: (/** @type {string} */ label) => `Play: ${label}`,
  pause: 'Pause',
  complaint: (/** @type {string} */ complaint) => `This ${complaint}.`,
  untilThen: (/** @type {string} */ complaint, /** @type {string | number} */ value) =>
    `This ${complaint}. Until then ${value} stays in force.`,
};
