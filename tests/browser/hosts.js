// Other people's pages that embed something of ours, each an origin of its own on a loopback port.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { test as base } from './playground.js';

/** @typedef {{ body: string, headers?: Record<string, string> }} HostPage */

/** @type {import('@playwright/test').Fixtures<{ host: (page: HostPage | string) => Promise<string> }, {}, import('@playwright/test').PlaywrightTestArgs>} */
const fixtures = {
  /** Serves a page at an origin that nobody else has, and gives its address. */
  // biome-ignore lint/correctness/noEmptyPattern: Playwright insists on the pattern.
  host: async ({}, use) => {
    /** @type {import('node:http').Server[]} */
    const servers = [];
    await use(async (page) => {
      const { body, headers = {} } = typeof page === 'string' ? { body: page } : page;
      const server = createServer((request, response) => {
        if (request.url !== '/post.html') return response.writeHead(204).end();
        return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
      });
      servers.push(server);
      await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      return `http://127.0.0.1:${port}/post.html`;
    });
    for (const server of servers) server.close();
  },
};

export const test = base.extend(fixtures);

/**
 * A blog post as its author would write it, around some HTML.
 * @param {string} content
 * @param {string} [head]
 */
export const post = (content, head = '') => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>A post</title>${head}</head>
  <body><h1>A post</h1>${content}</body>
</html>`;

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
});

/**
 * Serves a folder as the plainest static host would.
 * @param {string} folder
 */
export async function serve(folder) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const file = join(
      folder,
      decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname),
    );
    try {
      const body = await readFile(file);
      response
        .writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
        .end(body);
    } catch {
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `http://127.0.0.1:${port}/`, close };
}
