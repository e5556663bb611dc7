// Opens a model: files of a person's own, or an address. The weights go to the module piece by piece, one after the
// other, so that page and module together hold no second copy of them.

import { client } from './client.js';
import { strings } from './language.js';

/** @typedef {import('./messages.js').MessageOf<'opening'>} Opening */
/** @typedef {import('./messages.js').MessageOf<'opened'>} Opened */

/** Where a file lies in what was chosen, and the file. @typedef {{ path: string, file: File }} PlacedFile */

/**
 * Weights by their address; published ones also need their `config.json`, and may have a `scheduler_config.json`.
 * @typedef {{ url: string, config?: string, scheduler?: string }} Addresses
 */

/**
 * What is opened: its texts, and its weights in pieces.
 * @typedef {object} Source
 * @property {string} name
 * @property {string[]} leftOut what lay beside it
 * @property {number | undefined} length of the weights, in bytes
 * @property {string | undefined} config
 * @property {string | undefined} scheduler
 * @property {AsyncIterable<Uint8Array>} pieces
 */

/** Bytes of a piece. */
const PIECE = 4 * 2 ** 20;
/** Longer is no configuration. */
const MAX_TEXT = 1e6;

/**
 * Gives what was opened, or throws what was wrong, in a sentence. Then whatever was there before is still there.
 * @param {{ files: PlacedFile[] } | Addresses} what
 * @param {{ signal: AbortSignal, onProgress: (progress: Opening) => void }} options
 * @returns {Promise<Opened>}
 */
export async function openModel(what, { signal, onProgress }) {
  const source = 'files' in what ? await fromFiles(what.files, signal) : await fromAddress(what, signal);
  const { pieces, ...begin } = source;
  onProgress(await ask({ type: 'open', ...begin }, 'opening', signal));
  try {
    for await (const bytes of pieces) {
      onProgress(await ask({ type: 'openPiece', bytes }, 'opening', signal));
    }
    return await ask({ type: 'openEnd' }, 'opened', signal);
  } catch (error) {
    client.send({ type: 'openCancel' });
    throw error;
  }
}

/**
 * @param {PlacedFile[]} files
 * @param {AbortSignal} signal
 * @returns {Promise<Source>}
 */
async function fromFiles(files, signal) {
  const paths = files.map(({ path }) => path);
  const found = await ask({ type: 'findFiles', paths }, 'filesFound', signal);
  /** @param {string | undefined} path */
  const at = (path) => files.find((file) => file.path === path)?.file;
  const weights = /** @type {File} */ (at(found.weights));
  return {
    // That of the folder says more than that of the weights, which is always the same.
    name: found.weights.split('/')[0],
    leftOut: found.leftOut,
    length: weights.size,
    config: await textOf(at(found.config)),
    scheduler: await textOf(at(found.scheduler)),
    pieces: slices(weights),
  };
}

/** @param {File | undefined} file */
async function textOf(file) {
  if (!file) return undefined;
  if (file.size > MAX_TEXT) throw new Error(strings.open.tooLong(file.name));
  return await file.text();
}

/** @param {File} file */
async function* slices(file) {
  for (let start = 0; start < file.size; start += PIECE) {
    try {
      yield new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer());
    } catch {
      throw new Error(strings.open.unreadable(file.name));
    }
  }
}

/**
 * @param {Addresses} addresses
 * @param {AbortSignal} signal
 * @returns {Promise<Source>}
 */
async function fromAddress({ url, config, scheduler }, signal) {
  const texts = [config, scheduler].map(async (address) =>
    address ? await (await get(address, signal)).text() : undefined,
  );
  const [configText, schedulerText] = await Promise.all(texts);
  const response = await get(url, signal);
  // Of a compressed answer the length says nothing about what will come out.
  const length = response.headers.has('content-encoding')
    ? 0
    : Number(response.headers.get('content-length'));
  return {
    name: new URL(url, location.href).pathname.split('/').at(-1) ?? url,
    leftOut: [],
    length: length || undefined,
    config: configText,
    scheduler: schedulerText,
    pieces: joined(url, response),
  };
}

/** @param {string} url @param {AbortSignal} signal */
async function get(url, signal) {
  const response = await fetch(url, { signal }).catch((error) => {
    signal.throwIfAborted();
    throw new Error(strings.open.unreachable(url, error.message));
  });
  if (!response.ok) throw new Error(strings.open.answered(response.status, url));
  return response;
}

/** The network's small chunks, put together. @param {string} url @param {Response} response */
async function* joined(url, response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  let piece = new Uint8Array(PIECE);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error) => {
        throw new Error(strings.open.brokeOff(url, error.message));
      });
      if (done) break;
      for (let rest = value; rest.length; ) {
        const part = rest.subarray(0, PIECE - filled);
        piece.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
        if (filled === PIECE) {
          yield piece;
          // The last one was given away.
          piece = new Uint8Array(PIECE);
          filled = 0;
        }
      }
    }
    if (filled) yield piece.slice(0, filled);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/**
 * Sends a request and waits for its answer.
 * @template {'filesFound' | 'opening' | 'opened' | 'beside'} T
 * @param {import('./messages.js').Request} request
 * @param {T} answer
 * @param {AbortSignal} signal
 * @param {import('../pkg/diffusion_playground.js').Place} place of what goes wrong
 * @returns {Promise<import('./messages.js').MessageOf<T>>}
 */
export async function ask(request, answer, signal, place = 'open') {
  signal.throwIfAborted();
  /** @type {(() => void)[]} */
  const ends = [];
  try {
    return await new Promise((resolve, reject) => {
      /** @param {string} message */
      const fail = (message) => reject(new Error(message));
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort);
      ends.push(
        () => signal.removeEventListener('abort', abort),
        client.on(answer, resolve),
        client.on('error', ({ at, message }) => at === place && fail(message)),
        client.on('restarting', () => fail(strings.open.startedAnew)),
      );
      for (const end of /** @type {const} */ (['deviceLost', 'crashed'])) {
        ends.push(client.on(end, ({ message }) => fail(message)));
      }
      client.send(request);
    });
  } finally {
    for (const end of ends) end();
  }
}
