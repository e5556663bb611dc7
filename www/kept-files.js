// Files that are downloaded with progress, and kept in the browser's cache under a name with a version.

/**
 * @typedef {object} Options
 * @property {(loaded: number, total: number) => void} onProgress `total` is 0 where the server does not say
 * @property {AbortSignal} [signal]
 */

/** @param {string} cache @param {string} address @param {Options} options @returns {Promise<Uint8Array>} */
export async function fetchKept(cache, address, { onProgress, signal }) {
  const kept = await withCache(cache, (cache) => cache.match(address));
  const response = kept ?? (await fetch(address, { signal }));
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${address}`);
  return await readAll(response, onProgress);
}

/** @param {string} cache @param {string} address @param {Uint8Array} bytes */
export async function keep(cache, address, bytes) {
  const body = /** @type {BodyInit} */ (bytes);
  await withCache(cache, (cache) =>
    cache.put(address, new Response(body, { headers: { 'content-length': `${bytes.length}` } })),
  );
}

/** @param {string} cache @param {string} address */
export async function forget(cache, address) {
  await withCache(cache, (cache) => cache.delete(address));
}

/**
 * A cache that is full, forbidden or missing costs a download next time, nothing else.
 * @template T
 * @param {string} name
 * @param {(cache: Cache) => Promise<T>} use
 * @returns {Promise<T | undefined>}
 */
async function withCache(name, use) {
  try {
    return await use(await caches.open(name));
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
