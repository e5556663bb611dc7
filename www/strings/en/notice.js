// What went wrong, how far a download is, and what can be done about it.

export default {
  splits: { test: 'test images', train: 'training images' },
  deviceLost: (/** @type {string} */ message) => `The graphics device was lost: ${message}`,
  stopped: (/** @type {string} */ message) => `The program stopped: ${message}`,
  gone: (/** @type {string} */ lost) => `${lost} What it had learned is gone; your settings are still here.`,
  restart: 'Restart',
  missing: (/** @type {string} */ name, /** @type {string} */ problem) =>
    `The ${name} did not arrive: ${problem}`,
  again: 'Try again',
  downloading: (/** @type {string} */ name, /** @type {string} */ loaded) =>
    `Downloading the ${name}: ${loaded} MB`,
  downloadingOf: (/** @type {string} */ name, /** @type {string} */ loaded, /** @type {string} */ total) =>
    `Downloading the ${name}: ${loaded} of ${total} MB`,
  dismiss: 'Dismiss',
};
