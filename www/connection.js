// Starts a host and hides where it runs: in a worker, or on this thread where only this thread has WebGPU.

/** @typedef {import('./messages.js').Request} Request */
/** @typedef {import('./messages.js').Message} Message */

/** @typedef {{ post: (request: Request) => void, close: () => void }} Connection */

/** Tests, and readers whose driver misbehaves, choose with `?device=cpu` or `?device=gpu`. */
const device = new URLSearchParams(location.search).get('device') ?? 'auto';

/** What can move to the worker instead of being copied. @param {Request} request */
const transferable = (request) => (request.type === 'openPiece' ? [request.bytes.buffer] : []);

/**
 * @param {(message: Message) => void} receive
 * @returns {Connection}
 */
export function connect(receive) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  /** @type {Request[]} */
  const early = [];
  /** @type {Connection} */
  let host = { post: (request) => early.push(request), close: () => worker.terminate() };

  /** @param {Connection} chosen */
  const open = (chosen) => {
    host = chosen;
    host.post({ type: 'start', device });
    for (const request of early) host.post(request);
  };

  worker.addEventListener('message', async ({ data }) => {
    if (data.type !== 'hello') return receive(data);
    if (data.gpu || device === 'cpu' || !('gpu' in navigator)) {
      open({
        post: (request) => worker.postMessage(request, transferable(request)),
        close: () => worker.terminate(),
      });
    } else {
      worker.terminate();
      const { Host } = await import('./host.js');
      const local = new Host(receive);
      open({ post: (request) => local.post(request), close: () => local.stop() });
    }
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    receive({ type: 'crashed', message: event.message || 'the program could not be loaded' });
  });
  return { post: (request) => host.post(request), close: () => host.close() };
}
