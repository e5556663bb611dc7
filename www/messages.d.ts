/** What travels between the page and the module's host: the crate's own types, and what only the shell knows of. */

import type { Command, Event, Split } from '../pkg/diffusion_playground.js';

export type Request =
  | Exclude<Command, { type: 'data' }>
  /** First message: load the module and choose a device; with `prefetch`, fetch the training images once all is quiet. */
  | { type: 'start'; device: string; prefetch: boolean }
  /** Fetch a data set that is not there yet. */
  | { type: 'download'; split: Split }
  /** How the module itself is doing. Answered by `vitals`. */
  | { type: 'vitals' };

export type Message =
  | Event
  /** The worker is up; `gpu` says whether this kind of thread has `navigator.gpu`. */
  | { type: 'hello'; gpu: boolean }
  /** `total` is 0 when the server does not say how much will come. */
  | { type: 'progress'; split: Split; loaded: number; total: number }
  | { type: 'downloadFailed'; split: Split; message: string }
  /** The module's memory, which never shrinks, and how often its link-time constructors ran: once, or all is slow. */
  | { type: 'vitals'; heapBytes: number; constructorRuns: number }
  /** The module failed in a way that it cannot go on from. */
  | { type: 'crashed'; message: string }
  /** Everything begins again: forget what the last worker said. */
  | { type: 'restarting' };

export type MessageOf<T extends Message['type']> = Extract<Message, { type: T }>;
