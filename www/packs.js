// The packed data sets: downloaded with progress, and kept once they have proved readable.

import { fetchKept, forget, keep } from './kept-files.js';

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
 */
export const fetchPack = (set, split, onProgress) => fetchKept(CACHE, address(set, split), { onProgress });

/** @param {string} set @param {Split} split @param {Uint8Array} bytes */
export const keepPack = (set, split, bytes) => keep(CACHE, address(set, split), bytes);

/** @param {string} set @param {Split} split */
export const forgetPack = (set, split) => forget(CACHE, address(set, split));
