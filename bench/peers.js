// Holds other libraries against ours: the same network with the same weights and inputs. Nothing is timed before its
// output is found to be ours.

import init, { ForwardPass } from '../pkg/diffusion_playground.js';
import { NETWORKS } from './networks.js';
import { onnx } from './onnx.js';
import { readSafetensors } from './safetensors.js';
import { tensorflow } from './tensorflow.js';

/**
 * @typedef {object} Passes
 * @property {string} version
 * @property {(times: number) => Promise<Float32Array>} run so many forward passes; the last one's output, read back
 * @property {() => Promise<void>} close
 */

/** @typedef {{ median: number, p10: number, p90: number, runs: number }} Spread */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} [version]
 * @property {number} [difference] from our output, relative to its largest value
 * @property {Spread} [single] milliseconds of one pass, its output read back
 * @property {Spread} [queued] milliseconds of each of ten passes that are read back once
 * @property {number} [ratio] of our median to this one's, one pass at a time
 * @property {string} [error] why it is not timed
 */

/** Relative to the largest value of our output. */
const TOLERANCE = 1e-3;
const WARM_UP = 3;
const QUEUED = 10;

/**
 * @param {'unet' | 'dit'} preset
 * @param {number} batch
 * @param {number} runs
 * @param {'gpu' | 'cpu'} device
 * @param {boolean} alone only ours, undisturbed by the others
 * @param {(text: string) => void} say
 */
export async function compare(preset, batch, runs, device, alone, say) {
  const network = NETWORKS[preset];
  if (!network) throw new Error(`the peers run ${Object.keys(NETWORKS).join(' and ')}, not ${preset}`);
  await init({ module_or_path: new URL('../diffusion_playground_bg.wasm', import.meta.url) });
  const ours = await ForwardPass.create(preset, batch, device);
  const weights = readSafetensors(bytes(await ours.weights()));
  const inputs = readSafetensors(bytes(await ours.inputs()));
  const expected = await ours.run(1);

  /** @type {[string, () => Promise<Passes>][]} */
  const gpu = [
    ['TensorFlow.js, WebGPU', () => tensorflow(network, weights, inputs)],
    ['ONNX Runtime Web, WebGPU', () => onnx(network, weights, inputs, 'webgpu')],
  ];
  /** @type {[string, () => Promise<Passes>][]} */
  const cpu = [['ONNX Runtime Web, one thread', () => onnx(network, weights, inputs, 'wasm')]];
  /** @type {[string, () => Promise<Passes>][]} */
  const all = [
    ['this page', async () => ({ version: '', run: (times) => ours.run(times), close: async () => {} })],
    ...(alone ? [] : device === 'gpu' ? gpu : cpu),
  ];
  /** @type {Row[]} */
  const rows = [];
  /** @type {{ row: Row, passes: Passes }[]} */
  const ready = [];
  for (const [name, open] of all) {
    say(`Opening the ${preset} of ${name}`);
    const row = { name };
    rows.push(row);
    await prepared(row, open, expected)
      .then((passes) => ready.push({ row, passes }))
      .catch((error) => Object.assign(row, { error: error.message ?? `${error}` }));
  }
  say(`Forward passes of ${preset}`);
  await inTurns(ready, 1, runs, (row, times) => Object.assign(row, { single: times }));
  if (device === 'gpu') {
    await inTurns(ready, QUEUED, Math.ceil(runs / 2), (row, times) => Object.assign(row, { queued: times }));
  }
  for (const { passes } of ready) await passes.close();
  for (const row of rows.slice(1)) row.ratio = ratio(rows[0], row);
  return { preset, batch, adapter: ours.adapter, rows };
}

/** @param {Uint8Array} array */
const bytes = (array) => /** @type {Uint8Array<ArrayBuffer>} */ (array);

/**
 * Opens a library's passes, finds their output to be ours, and warms them up.
 * @param {Row} row
 * @param {() => Promise<Passes>} open
 * @param {Float32Array} expected
 * @returns {Promise<Passes>}
 */
async function prepared(row, open, expected) {
  const passes = await open();
  row.version = passes.version;
  row.difference = largestDifference(await passes.run(1), expected);
  if (!(row.difference < TOLERANCE)) {
    await passes.close();
    throw new Error('not timed: its output is not ours');
  }
  await passes.run(WARM_UP);
  return passes;
}

/**
 * Times each library once in every round, so that what else the machine does meets all alike.
 * @param {{ row: Row, passes: Passes }[]} ready
 * @param {number} times passes that are read back together
 * @param {number} rounds
 * @param {(row: Row, spread: Spread) => void} found milliseconds a pass
 */
async function inTurns(ready, times, rounds, found) {
  const milliseconds = ready.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { passes }] of ready.entries()) {
      const start = performance.now();
      await passes.run(times);
      milliseconds[i].push((performance.now() - start) / times);
    }
  }
  for (const [i, { row }] of ready.entries()) found(row, spread(milliseconds[i]));
}

/** Our median over a library's: below 1 where we are faster. @param {Row} ours @param {Row} theirs */
const ratio = (ours, theirs) =>
  ours.single && theirs.single ? ours.single.median / theirs.single.median : undefined;

/** @param {Float32Array} found @param {Float32Array} expected */
function largestDifference(found, expected) {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [difference, largest] = [0, 0];
  for (const [i, value] of expected.entries()) {
    difference = Math.max(difference, Math.abs(found[i] - value));
    largest = Math.max(largest, Math.abs(value));
    if (Number.isNaN(found[i])) return Number.NaN;
  }
  return difference / largest;
}

/** @param {number[]} values @returns {Spread} */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), runs: values.length };
}
