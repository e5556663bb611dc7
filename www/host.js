// Owns the wasm session: takes requests one at a time, and between them lets it work a slice at a time. Runs in the worker,
// or on the page's own thread where a worker cannot have WebGPU.

import init, { constructorRuns, Session } from '../pkg/diffusion_playground.js';
import { fetchPack, forgetPack, keepPack } from './packs.js';

/** @typedef {import('../pkg/diffusion_playground.js').Command} Command */
/** @typedef {import('../pkg/diffusion_playground.js').Split} Split */
/** @typedef {import('./messages.js').Request} Request */
/** @typedef {import('./messages.js').Message} Message */

/**
 * What needs training images, and the name of the data set that they are of; where it tells none, they are of the one that
 * is looked at.
 * @type {Record<string, (command: any) => string | undefined>}
 */
const LEARNS = {
  newRun: ({ config }) => config.data?.name,
  resume: ({ data }) => data.name,
  newLatent: ({ config }) => config.data?.name,
  newRace: ({ configs: [{ data }] }) => data?.name,
  neighbours: () => undefined,
};
/** What has to wait where a run waits for its training images: it is meant for that run. */
const FOLLOWS = new Set([
  ...['newRun', 'resume', 'train', 'pause', 'trainStep', 'slowStep', 'profile'],
  ...['sample', 'sampleOn', 'cancelSample', 'rows', 'objective', 'steer', 'cancel'],
  ...['save', 'estimate', 'probe'],
  ...['newLatent', 'encodeLatents', 'newLatentNetwork', 'trainLatent', 'pauseLatent'],
  ...['newRace', 'trainRace', 'pauseRace'],
]);

/** The opening draws meanwhile. @param {Command} command */
const follows = (command) => FOLLOWS.has(command.type) && !(command.type === 'rows' && command.at === 'draw');

/** How long the page may settle before the training images are fetched in advance. */
const IDLE_MS = 2500;
/** How long nothing may have been asked for before what a run takes is compiled ahead: that holds the module up for seconds. */
const QUIET_MS = 1000;

export class Host {
  #emit;
  /** @type {Command[]} */
  #queue = [];
  /** Commands that wait for training images. @type {Command[]} */
  #held = [];
  /** The data set that is looked at. */
  #set = 'mnist';
  /** Of which set each split is that was asked for last. @type {Map<Split, { set: string, present: boolean }>} */
  #data = new Map();
  /** Pictures of the reader's own. @type {Extract<Request, { type: 'bring' }> | undefined} */
  #own;
  /** What the crate said of the last file that it could not read. */
  #complaint = '';
  /** When something was asked for last. */
  #askedAt = Number.NEGATIVE_INFINITY;
  /** What is to be compiled ahead. @type {Command | undefined} */
  #ahead;
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
      if (message.type === 'data') {
        const last = this.#data.get(message.split);
        if (last?.set === message.set) last.present = true;
      }
      if (message.type === 'deviceLost') this.stop();
      emit(message);
    };
  }

  /** @param {Request} request */
  post(request) {
    if (request.type === 'start') this.#run(request);
    else if (request.type === 'download') this.#download(request.split);
    else if (request.type === 'bring') this.#own = request;
    else if (request.type === 'useData') {
      this.#set = request.set;
      this.#download('test');
    } else if (request.type === 'vitals') this.#tellVitals();
    else if (request.type === 'rehearse') {
      this.#ahead = request;
      this.#rehearse();
    } else {
      this.#askedAt = performance.now();
      if (request.type === 'newRun') this.#ahead = undefined;
      this.#enqueue(request);
    }
  }

  #rehearse() {
    const early = this.#askedAt + QUIET_MS - performance.now();
    if (early > 0) {
      setTimeout(() => this.#rehearse(), early);
    } else if (this.#ahead) {
      this.#enqueue(this.#ahead);
      this.#ahead = undefined;
    }
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
    await session.handle(command);
    if (command.type !== 'data' && command.type !== 'ownData') return;
    const { set, split } = command;
    const last = this.#data.get(split);
    // Meanwhile another may have been asked for.
    if (last?.set !== set) return;
    if (last.present) {
      if (command.type === 'data') keepPack(set, split, command.bytes);
      if (split === 'train') for (const waiting of this.#held.splice(0)) this.#enqueue(waiting);
    } else {
      if (command.type === 'data') await forgetPack(set, split);
      this.#fail(set, split, this.#complaint);
    }
  }

  /** @param {Command} command */
  #enqueue(command) {
    const learns = LEARNS[command.type];
    const set = learns && (learns(command) ?? this.#set);
    const last = this.#data.get('train');
    const misses = set !== undefined && !(last?.set === set && last.present);
    if (misses || (this.#held.length > 0 && follows(command))) {
      this.#held.push(command);
      if (misses) this.#download('train', set);
      if (command.type === 'newRun') this.#enqueue({ type: 'rehearse', config: command.config });
    } else {
      this.#queue.push(command);
      this.#wake();
    }
  }

  /** @param {Split} split */
  async #download(split, set = this.#set) {
    if (this.#data.get(split)?.set === set || this.#stopped) return;
    const wanted = { set, present: false };
    this.#data.set(split, wanted);
    const isWanted = () => this.#data.get(split) === wanted;
    if (this.#own?.set === set) {
      this.#enqueue({ ...this.#own, type: 'ownData', split });
      return;
    }
    try {
      const bytes = await fetchPack(set, split, (loaded, total) => {
        if (isWanted()) this.#emit({ type: 'progress', set, split, loaded, total });
      });
      if (isWanted()) this.#enqueue({ type: 'data', set, split, bytes });
    } catch (error) {
      if (isWanted()) this.#fail(set, split, error instanceof Error ? error.message : `${error}`);
    }
  }

  /** @param {string} set @param {Split} split @param {string} message */
  #fail(set, split, message) {
    this.#data.delete(split);
    if (split === 'train') this.#held = [];
    this.#emit({ type: 'downloadFailed', set, split, message });
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
