// Trains and samples through the worker that the page uses, and reports the times. `?report=URL` also sends the result
// there, for browsers that nobody watches.

import { secondsToFirstDigits, trainUntilRead } from './bench-goals.js';
import { connect } from './connection.js';
import { kernelRows } from './kernel-rows.js';

/** @typedef {import('../pkg/diffusion_playground.js').StepReport} StepReport */
/** @typedef {import('../pkg/diffusion_playground.js').KernelTime} KernelTime */
/** @typedef {import('./messages.js').Message} Message */

const query = new URLSearchParams(location.search);
const preset = query.get('preset') ?? 'unet';
const batchSize = Number(query.get('batch') ?? 64);
const steps = Number(query.get('steps') ?? 200);
/** Memory is written down after the warm-up, every so many steps, when training ends and after sampling. */
const memoryEvery = Number(query.get('memory') ?? steps);
/** By then all shaders are compiled, and what repeats is recorded. */
const warmUp = Math.min(10, steps);
/** Trajectories of 50 steps each. */
const drawings = Number(query.get('trajectories') ?? 3);
/** On the CPU one image is what a reader waits for. */
const peerBatchOf = (/** @type {string} */ backend) =>
  Number(query.get('peerBatch') ?? (backend === 'gpu' ? 16 : 1));
const peerRuns = Number(query.get('peerRuns') ?? 30);
/** The share of samples that is to be read as asked. */
const goal = query.has('goal') ? Number(query.get('goal')) : undefined;

const schedule = {
  kind: 'linear',
  numTrainTimesteps: 1000,
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleZeroTerminalSnr: false,
};
const config = {
  preset,
  schedule,
  batchSize,
  learningRate: 1e-3,
  warmUpSteps: 100,
  weightDecay: 1e-4,
  gradClip: 1,
  emaDecay: 0.999,
  labelDropout: 0.1,
  seed: 0,
  gridEvery: 1_000_000,
};
const sample = { sampler: 'ddim', steps: 50, eta: 0, class: 3, guidanceScale: 1, seed: 0, count: 16 };

/** @type {Message[]} */
const arrived = [];
/** When the first training step was reported. @type {number | undefined} */
let firstStepAt;
/** @type {() => void} */
let wake = () => {};
/** Before anything else is at work. */
const firstDigitsSeconds = query.has('opening')
  ? await secondsToFirstDigits().catch((error) => `${error.message ?? error}`)
  : undefined;

const worker = connect(
  (message) => {
    arrived.push(message);
    if (message.type === 'train') firstStepAt ??= performance.now();
    wake();
  },
  {
    device: query.get('device') ?? 'auto',
    prefetch: true,
  },
);

/**
 * The next message of one of these types; what comes before it is passed over.
 * @param {...string} types
 * @returns {Promise<any>}
 */
async function next(...types) {
  for (;;) {
    const message = arrived.shift();
    if (!message) await new Promise((resolve) => (wake = () => resolve(undefined)));
    else if (types.includes(message.type)) return message;
    else if (['error', 'deviceLost', 'crashed', 'downloadFailed'].includes(message.type)) {
      throw new Error(`${message.type}: ${'message' in message ? message.message : ''}`);
    }
  }
}

/** @param {number[]} values */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), runs: values.length };
}

/** @param {string} text */
function say(text) {
  /** @type {HTMLElement} */ (document.getElementById('status')).textContent = text;
}

/**
 * @param {string} id
 * @param {KernelTime[]} kernels
 */
function showKernels(id, kernels) {
  const table = /** @type {HTMLTableElement} */ (document.getElementById(id));
  for (const { Kernel, ...figures } of kernelRows(kernels)) {
    const row = table.tBodies[0].insertRow();
    // A name may be broken between its words.
    const words = Kernel.split(/(?=[A-Z<])/).flatMap((word) => [document.createElement('wbr'), word]);
    row.insertCell().append(...words);
    for (const text of Object.values(figures)) row.insertCell().textContent = text;
  }
}

/** @param {any[]} rows */
function showPeers(rows) {
  const table = /** @type {HTMLTableElement} */ (document.getElementById('peers'));
  table.hidden = false;
  const ms = (/** @type {{ median: number } | undefined} */ spread) => spread?.median.toFixed(2) ?? '';
  for (const { name, version, single, queued, error } of rows) {
    const row = table.tBodies[0].insertRow();
    for (const text of [`${name} ${version ?? ''}`, error ?? ms(single), ms(queued)]) {
      row.insertCell().textContent = text;
    }
  }
}

async function bench() {
  const start = performance.now();
  const ready = await next('ready');
  say(`Running on ${ready.adapter}`);
  worker.post({ type: 'download', split: 'train' });
  for (let split; split !== 'train'; ) ({ split } = await next('data'));
  const rehearsed = performance.now();
  if (!query.has('cold')) {
    // As the page does once the data are there: before anybody asks for a run, what it takes is compiled.
    worker.post(/** @type {any} */ ({ type: 'rehearse', config }));
    worker.post({ type: 'memory' });
    await next('memory');
  }
  const pressed = performance.now();
  worker.post(/** @type {any} */ ({ type: 'newRun', config }));
  const { parameters } = await next('run');
  const readyAfter = (performance.now() - start) / 1e3;
  const readings = goal === undefined ? undefined : await trainUntilRead(worker, next, goal, say);
  worker.post({ type: 'train' });

  /** @type {StepReport[]} */
  const reports = [];
  const trainingStart = performance.now();
  /** Bytes: the module's memory, which never shrinks; tensors on the GPU; all that is kept of the GPU's memory. */
  const memory = [];
  const askForMemory = () => {
    worker.post({ type: 'vitals' });
    worker.post({ type: 'memory' });
  };
  const noteMemory = async (/** @type {string} */ when) => {
    askForMemory();
    const { heapBytes } = await next('vitals');
    const { inUse, reserved } = await next('memory');
    memory.push({ when, heapBytes, inUse, reserved });
  };
  let heapBytes = 0;
  let due = warmUp;
  while (reports.length < steps) {
    const message = await next('train', 'vitals', 'memory');
    if (message.type === 'vitals') heapBytes = message.heapBytes;
    else if (message.type === 'memory') {
      const { inUse, reserved } = message;
      memory.push({ when: `step ${reports.length}`, heapBytes, inUse, reserved });
    } else {
      reports.push(...message.reports);
      if (reports.length >= due) {
        askForMemory();
        due = (Math.floor(reports.length / memoryEvery) + 1) * memoryEvery;
      }
      say(`Step ${reports.length} of ${steps}`);
    }
  }
  const trainingSeconds = (performance.now() - trainingStart) / 1e3;
  worker.post({ type: 'pause' });
  await next('paused');
  await noteMemory(`step ${reports.length}, the end`);

  const trajectories = [];
  for (let i = 0; i < drawings; i++) {
    worker.post(/** @type {any} */ ({ type: 'sample', config: sample }));
    const { seconds, modelCalls } = await next('sampleDone');
    trajectories.push(seconds / modelCalls);
  }
  if (drawings) await noteMemory('after sampling');

  let kernels;
  if (query.has('profile')) {
    say('Timing every kernel of one step and one forward pass');
    worker.post({ type: 'profile' });
    const { step, pass } = await next('profile');
    kernels = { step, pass };
    showKernels('step', step);
    showKernels('pass', pass);
    /** @type {HTMLElement} */ (document.getElementById('kernels')).hidden = false;
  }

  let peers;
  if (query.has('peers') && ['unet', 'dit'].includes(preset)) {
    // Only `cargo xtask bench` builds it: the other libraries are large.
    const address = new URL('peers/peers.js', location.href).href;
    const { compare } = await import(address).catch(() => {
      throw new Error('the other libraries are not here: `cargo xtask bench` adds them');
    });
    const alone = query.get('peers') === 'none';
    peers = await compare(preset, peerBatchOf(ready.backend), peerRuns, ready.backend, alone, say);
    showPeers(peers.rows);
  }

  worker.post({ type: 'vitals' });
  const vitals = await next('vitals');

  const settled = reports.slice(Math.min(20, reports.length - 1));
  const mean = (/** @type {StepReport[]} */ part) =>
    part.reduce((sum, { loss }) => sum + loss, 0) / part.length;
  return {
    adapter: ready.adapter,
    backend: ready.backend,
    software: ready.software,
    version: ready.version,
    userAgent: navigator.userAgent,
    preset,
    parameters,
    batchSize,
    firstDigitsSeconds,
    readings,
    secondsToFirstRun: readyAfter,
    rehearsalSeconds: (pressed - rehearsed) / 1e3,
    firstStepSeconds: ((firstStepAt ?? Number.NaN) - pressed) / 1e3,
    stepMilliseconds: spread(settled.map(({ seconds }) => seconds * 1e3)),
    steps: reports.length,
    trainingSeconds,
    lossFirst10: mean(reports.slice(0, 10)),
    lossLast10: mean(reports.slice(-10)),
    samplingMillisecondsPerCall: drawings ? spread(trajectories.map((seconds) => seconds * 1e3)) : undefined,
    heapBytes: vitals.heapBytes,
    memory,
    constructorRuns: vitals.constructorRuns,
    kernels,
    peers,
  };
}

const result = await bench().catch((error) => ({ error: `${error.message ?? error}` }));
const text = JSON.stringify(result, null, 2);
say('error' in result ? 'Failed' : 'Done');
/** @type {HTMLElement} */ (document.getElementById('result')).textContent = text;
const report = query.get('report');
if (report) await fetch(report, { method: 'POST', body: text });
