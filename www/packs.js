// The packed data sets: downloaded with progress, and kept once they have proved readable.

import { fetchKept, forget, keep } from './kept-files.js';

/** @typedef {import('../pkg/diffusion_playground.js').Split} Split */

/** Goes up when the packs' contents or format change. */
const CACHE = 'diffusion-playground-data-1';

/** Bundlers of others look for addresses in just this form. */
const ADDRESSES = {
  train: new URL('./data/mnist-train.pack', import.meta.url).href,
  test: new URL('./data/mnist-test.pack', import.meta.url).href,
};

/** @param {Split} split */
const address = (split) => ADDRESSES[split];

/**
 * @param {Split} split
 * @param {(loaded: number, total: number) => void} onProgress
 */
export const fetchPack = (split, onProgress) => fetchKept(CACHE, address(split), { onProgress });

/** @param {Split} split @param {Uint8Array} bytes */
export const keepPack = (split, bytes) => keep(CACHE, address(split), bytes);

/** @param {Split} split */
export const forgetPack = (split) => forget(CACHE, address(split));
