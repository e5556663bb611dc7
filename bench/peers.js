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
 * @param {(text: string) => void} say
 */
export async function compare(preset, batch, runs, device, say) {
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
    ...(device === 'gpu' ? gpu : cpu),
  ];
  const rows = [];
  for (const [name, open] of all) {
    say(`Forward passes of ${preset}: ${name}`);
    rows.push(
      await timed(name, open, expected, runs, device).catch((error) => ({ name, error: `${error}` })),
    );
  }
  return { preset, batch, adapter: ours.adapter, rows };
}

/** @param {Uint8Array} array */
const bytes = (array) => /** @type {Uint8Array<ArrayBuffer>} */ (array);

/**
 * @param {string} name
 * @param {() => Promise<Passes>} open
 * @param {Float32Array} expected
 * @param {number} runs
 * @param {'gpu' | 'cpu'} device
 * @returns {Promise<Row>}
 */
async function timed(name, open, expected, runs, device) {
  const passes = await open();
  const { version } = passes;
  try {
    const difference = largestDifference(await passes.run(1), expected);
    if (!(difference < TOLERANCE)) {
      return { name, version, difference, error: 'not timed: its output is not ours' };
    }
    await passes.run(WARM_UP);
    const single = await spread(passes, 1, runs);
    const queued = device === 'gpu' ? await spread(passes, QUEUED, Math.ceil(runs / 2)) : undefined;
    return { name, version, difference, single, queued };
  } finally {
    await passes.close();
  }
}

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

/** Milliseconds a pass. @param {Passes} passes @param {number} times @param {number} runs @returns {Promise<Spread>} */
async function spread(passes, times, runs) {
  const values = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await passes.run(times);
    values.push((performance.now() - start) / times);
  }
  const sorted = values.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), runs };
}
