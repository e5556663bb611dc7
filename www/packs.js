// Downloads the packed data sets, with progress, and keeps them in the browser's cache once they have proved readable.

/** @typedef {import('../pkg/diffusion_playground.js').Split} Split */

/** Goes up when the packs' contents or format change. */
const CACHE = 'diffusion-playground-data-1';

/** Bundlers of others look for addresses in just this form. */
const MNIST = {
  train: new URL('./data/mnist-train.pack', import.meta.url).href,
  test: new URL('./data/mnist-test.pack', import.meta.url).href,
};

/** And shall not find these: the other sets are no part of the npm package. */
const HERE = import.meta.url;

/** @param {string} set @param {Split} split */
const address = (set, split) =>
  set === 'mnist' ? MNIST[split] : new URL(`data/${set}-${split}.pack`, HERE).href;

/**
 * @param {string} set
 * @param {Split} split
 * @param {(loaded: number, total: number) => void} onProgress
 * @returns {Promise<Uint8Array>}
 */
export async function fetchPack(set, split, onProgress) {
  const url = address(set, split);
  const kept = await withCache((cache) => cache.match(url));
  const response = kept ?? (await fetch(url));
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${url}`);
  return await readAll(response, onProgress);
}

/**
 * @param {string} set
 * @param {Split} split
 * @param {Uint8Array} bytes
 */
export async function keepPack(set, split, bytes) {
  const body = /** @type {BodyInit} */ (bytes);
  await withCache((cache) =>
    cache.put(address(set, split), new Response(body, { headers: { 'content-length': `${bytes.length}` } })),
  );
}

/** @param {string} set @param {Split} split */
export async function forgetPack(set, split) {
  await withCache((cache) => cache.delete(address(set, split)));
}

/**
 * A cache that is full, forbidden or missing costs a download next time, nothing else.
 * @template T
 * @param {(cache: Cache) => Promise<T>} use
 * @returns {Promise<T | undefined>}
 */
async function withCache(use) {
  try {
    return await use(await caches.open(CACHE));
  } catch (error) {
    console.warn('The data cannot be cached:', error);
    return undefined;
  }
}

/**
 * @param {Response} response
 * @param {(loaded: number, total: number) => void} onProgress
 */
async function readAll(response, onProgress) {
  // Content-Length counts the bytes on the wire: of a compressed answer it says nothing about what will come out.
  const encoded = response.headers.has('content-encoding');
  const total = encoded ? 0 : Number(response.headers.get('content-length'));
  /** @type {Uint8Array[]} */
  const chunks = [];
  let loaded = 0;
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    chunks.push(read.value);
    loaded += read.value.length;
    onProgress(loaded, total);
  }
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
