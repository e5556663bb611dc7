/** What travels between the page and the module's host: the crate's own types, and what only the shell knows of. */

import type { Command, Event, Split } from '../pkg/diffusion_playground.js';

export type Request =
  | Exclude<Command, { type: 'data' | 'ownData' }>
  /** First message: load the module and choose a device; with `prefetch`, fetch the training images once all is quiet. */
  | { type: 'start'; device: string; prefetch: boolean }
  /** Look at another data set: its test images are fetched at once, its training images when they are needed. */
  | { type: 'useData'; set: string }
  /** Fetch a split of it that is not there yet. */
  | { type: 'download'; split: Split }
  /** Pictures of the reader's own as the data set `set`, in the place of those before: to be used when it is asked for. */
  | { type: 'bring'; set: string; classes: number; labels: Uint8Array; pixels: Uint8Array }
  /** How the module itself is doing. Answered by `vitals`. */
  | { type: 'vitals' };

export type Message =
  | Event
  /** The worker is up; `gpu` says whether this kind of thread has `navigator.gpu`. */
  | { type: 'hello'; gpu: boolean }
  /** `total` is 0 when the server does not say how much will come. */
  | { type: 'progress'; set: string; split: Split; loaded: number; total: number }
  | { type: 'downloadFailed'; set: string; split: Split; message: string }
  /** The module's memory, which never shrinks, and how often its link-time constructors ran: once, or all is slow. */
  | { type: 'vitals'; heapBytes: number; constructorRuns: number }
  /** The module failed in a way that it cannot go on from. */
  | { type: 'crashed'; message: string }
  /** Everything begins again: forget what the last worker said. */
  | { type: 'restarting' };

export type MessageOf<T extends Message['type']> = Extract<Message, { type: T }>;
