// Owns the wasm session: takes requests one at a time, and between them lets it work a slice at a time. Runs in the worker,
// or on the page's own thread where a worker cannot have WebGPU.

import init, { constructorRuns, Session } from '../pkg/diffusion_playground.js';
import { fetchPack, forgetPack, keepPack } from './packs.js';

/** @typedef {import('../pkg/diffusion_playground.js').Command} Command */
/** @typedef {import('../pkg/diffusion_playground.js').Split} Split */
/** @typedef {import('./messages.js').Request} Request */
/** @typedef {import('./messages.js').Message} Message */

/** What trains, and so has to wait for the training images. */
const TRAINS = new Set([
  ...['newRun', 'resume', 'train', 'pause', 'trainStep', 'slowStep', 'profile'],
  ...['newRace', 'trainRace', 'pauseRace'],
]);
/** What has to wait as well where there is training that waits: it is meant for that run. */
const FOLLOWS = new Set([
  ...['sample', 'cancelSample', 'compare', 'guidance', 'objective', 'cancel', 'save', 'estimate', 'probe'],
]);

/** How long the page may settle before the training images are fetched in advance. */
const IDLE_MS = 2500;

export class Host {
  #emit;
  /** @type {Command[]} */
  #queue = [];
  /** Commands that wait for the training images. @type {Command[]} */
  #held = [];
  /** @type {Map<Split, 'loading' | 'present'>} */
  #data = new Map();
  /** What the crate said of the last file that it could not read. */
  #complaint = '';
  #wake = () => {};
  /** @type {WebAssembly.Memory | undefined} */
  #memory;
  #stopped = false;

  /** @param {(message: Message) => void} emit */
  constructor(emit) {
    /** @param {Message} message */
    this.#emit = (message) => {
      if (message.type === 'error' && message.at === 'data') {
        // Said together with the way out, once the file is put aside.
        this.#complaint = message.message;
        return;
      }
      if (message.type === 'data') this.#data.set(message.split, 'present');
      if (message.type === 'deviceLost') this.stop();
      emit(message);
    };
  }

  /** @param {Request} request */
  post(request) {
    if (request.type === 'start') this.#run(request);
    else if (request.type === 'download') this.#download(request.split);
    else if (request.type === 'vitals') this.#tellVitals();
    else this.#enqueue(request);
  }

  stop() {
    this.#stopped = true;
    this.#wake();
  }

  /** @param {unknown} reason what stopped the module; ends the host */
  crash(reason) {
    if (this.#stopped) return;
    this.stop();
    console.warn(reason);
    this.#emit({ type: 'crashed', message: reason instanceof Error ? reason.message : `${reason}` });
  }

  /** @param {Extract<Request, { type: 'start' }>} start the device is "gpu", "cpu", or anything else to leave the choice to us */
  async #run({ device, prefetch }) {
    try {
      this.#download('test');
      this.#memory = (await init()).memory;
      const session = await Session.create(device, this.#emit);
      if (prefetch) setTimeout(() => this.#download('train'), IDLE_MS);
      while (!this.#stopped) {
        for (let next = this.#queue.shift(); next && !this.#stopped; next = this.#queue.shift()) {
          await this.#handle(session, next);
        }
        if (this.#stopped) break;
        if (session.busy()) await session.advance();
        else if (!this.#queue.length) await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
        await macrotask();
      }
    } catch (error) {
      this.crash(error);
    }
  }

  #tellVitals() {
    if (!this.#memory) return;
    this.#emit({
      type: 'vitals',
      heapBytes: this.#memory.buffer.byteLength,
      constructorRuns: constructorRuns(),
    });
  }

  /** @param {Session} session @param {Command} command */
  async #handle(session, command) {
    if (command.type !== 'data') return await session.handle(command);
    const { split, bytes } = command;
    await session.handle(command);
    if (this.#data.get(split) === 'present') {
      keepPack(split, bytes);
      if (split === 'train') this.#queue.push(...this.#held.splice(0));
    } else {
      await forgetPack(split);
      this.#fail(split, this.#complaint);
    }
  }

  /** @param {Command} command */
  #enqueue(command) {
    const waits = TRAINS.has(command.type) || (FOLLOWS.has(command.type) && this.#held.length > 0);
    if (waits && this.#data.get('train') !== 'present') {
      this.#held.push(command);
      this.#download('train');
    } else {
      this.#queue.push(command);
      this.#wake();
    }
  }

  /** @param {Split} split */
  async #download(split) {
    if (this.#data.has(split) || this.#stopped) return;
    this.#data.set(split, 'loading');
    try {
      const bytes = await fetchPack(split, (loaded, total) =>
        this.#emit({ type: 'progress', split, loaded, total }),
      );
      this.#enqueue({ type: 'data', split, bytes });
    } catch (error) {
      this.#fail(split, error instanceof Error ? error.message : `${error}`);
    }
  }

  /** @param {Split} split @param {string} message */
  #fail(split, message) {
    this.#data.delete(split);
    if (split === 'train') this.#held = [];
    this.#emit({ type: 'downloadFailed', split, message });
  }
}

/** Lets messages in and, on the page's own thread, lets it paint. Unlike a timer it is never slowed down. */
function macrotask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(undefined);
  });
}
