// The dedicated worker: a host, and the wire to the page.

import { Host } from './host.js';

/** @typedef {import('./messages.js').Message} Message */

/** @param {Message} message */
function emit(message) {
  postMessage(message, { transfer: buffers(message) });
}

/** @param {Message} message @returns {ArrayBuffer[]} what can move to the page instead of being copied */
function buffers(message) {
  if (message.type === 'saved') {
    return message.files.map(({ bytes }) => /** @type {ArrayBuffer} */ (bytes.buffer));
  }
  const isPicture = (/** @type {any} */ value) => value?.pixels instanceof Uint8Array;
  return Object.values(message).flatMap((value) => (isPicture(value) ? [value.pixels.buffer] : []));
}

const host = new Host(emit);
addEventListener('message', ({ data }) => host.post(data));
// A panic inside a future of the module reaches nobody who awaits: it surfaces here.
addEventListener('error', (event) => {
  event.preventDefault();
  host.crash(event.error ?? event.message);
});
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  host.crash(event.reason);
});
emit({ type: 'hello', gpu: 'gpu' in navigator });
