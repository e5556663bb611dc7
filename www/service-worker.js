// Lets the page work offline, for a reader who asked for that: the files of one build are kept together and served
// together, until the files of the next are all there. The data have a cache of their own: see packs.js.

const PREFIX = 'diffusion-playground-page-';
const CACHE = `${PREFIX}${PAGE_VERSION}`;

const worker = /** @type {any} */ (self);

/** @param {string} file */
const address = (file) => new URL(file, worker.registration.scope).href;

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(keepAll()));
worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(takeOver()));
worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.search = '';
  url.hash = '';
  const file = url.href === address('') ? address('index.html') : url.href;
  if (request.method === 'GET' && PAGE_FILES.some((kept) => address(kept) === file)) {
    event.respondWith(answer(request, file));
  }
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  // Past the browser's own cache, which may hold some files of the last build.
  await cache.addAll(PAGE_FILES.map((file) => new Request(address(file), { cache: 'reload' })));
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await worker.clients.claim();
}

/** @param {Request} request @param {string} file */
async function answer(request, file) {
  const cache = await caches.open(CACHE);
  return (await cache.match(file)) ?? (await fetch(request));
}
