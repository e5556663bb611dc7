// Starts a host and hides where it runs: in a worker, or on this thread where only this thread has WebGPU.

/** @typedef {import('./messages.js').Request} Request */
/** @typedef {import('./messages.js').Message} Message */

/** @typedef {{ post: (request: Request) => void, close: () => void }} Connection */

/**
 * @typedef {object} Options
 * @property {string} [device] "cpu" or "gpu", where the choice is not left to the module
 * @property {boolean} [prefetch] whether the training images are fetched before anything needs them
 */

/** What can move to the worker instead of being copied. @param {Request} request */
const transferable = (request) => (request.type === 'openPiece' ? [request.bytes.buffer] : []);

/**
 * @param {(message: Message) => void} receive
 * @param {Options} [options]
 * @returns {Connection}
 */
export function connect(receive, { device = 'auto', prefetch = false } = {}) {
  const worker = startWorker();
  /** @type {Request[]} */
  const early = [];
  /** @type {Connection} */
  let host = { post: (request) => early.push(request), close: () => worker.terminate() };

  /** @param {Connection} chosen */
  const open = (chosen) => {
    host = chosen;
    host.post({ type: 'start', device, prefetch });
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

function startWorker() {
  const { href, origin } = new URL('./worker.js', import.meta.url);
  if (origin === self.origin) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  // A page may only start workers of its own origin: one of its own then imports the other's. It is no module, because
  // in a frame without an origin a module that has no address of its own is refused.
  const program = `import(${JSON.stringify(href)}).catch((error) => setTimeout(() => { throw error; }));`;
  const own = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  // Long enough for the worker to begin.
  setTimeout(() => URL.revokeObjectURL(own), 60_000);
  return new Worker(own);
}
