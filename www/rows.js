// Several ways from the same noise, a row of pictures each, as they come in.

import { client } from './client.js';
import { model } from './model.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'rowStep'>} RowStep */
/** @typedef {import('./messages.js').MessageOf<'rowsStart'>} RowsStart */
/** @typedef {Extract<import('./messages.js').Request, { type: 'rows' }>} RowsRequest */

/** Most pictures of a row's way: those that the module sends. */
const MAX_FRAMES = 10;

export class Rows extends Store {
  #place;
  #request;
  /** @type {'none' | 'running' | 'done' | 'stopped'} */
  phase = 'none';
  /** The x_T of all rows. @type {RowsStart['xT'] | undefined} */
  start;
  /** What has come, for each row. @type {RowStep[][]} */
  rows = [];
  /** What each was asked for with. @type {RowsRequest['configs']} */
  configs = [];
  /** Whose they are, for a sentence. */
  by = '';

  /**
   * @param {'compare' | 'guidance' | 'draw'} place
   * @param {() => Omit<RowsRequest, 'type' | 'at'>} request made from the settings of the moment
   */
  constructor(place, request) {
    super();
    this.#place = place;
    this.#request = request;
    client.on('rowsStart', ({ at, xT }) => {
      if (at !== place) return;
      this.start = xT;
      this.changed();
    });
    client.on('rowStep', (step) => {
      if (step.at !== place) return;
      this.rows[step.row]?.push(step);
      this.changed();
    });
    client.on('rowsDone', ({ at, cancelled }) => at === place && this.enter(cancelled ? 'stopped' : 'done'));
    client.on('error', ({ at }) => at === place && this.enter('none'));
    client.on('downloadFailed', ({ split }) => {
      if (split === 'train' && this.phase === 'running') this.enter('none');
    });
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => this.enter('none'));
    }
  }

  begin() {
    const asked = this.#request();
    const configs = asked.configs.map((config) => model.adapt(config));
    this.start = undefined;
    this.rows = configs.map(() => []);
    this.configs = configs;
    this.frames = Math.min(MAX_FRAMES, configs[0].steps ?? MAX_FRAMES);
    this.by = model.words;
    this.enter('running');
    client.send({ type: 'rows', at: this.#place, ...asked, configs });
  }

  cancel() {
    client.send({ type: 'cancel', at: this.#place });
  }

  /** How many pictures a row has at its end. */
  frames = MAX_FRAMES;

  /** The last that came of a row. @param {number} row */
  last(row) {
    return this.rows[row]?.at(-1);
  }

  /** How much of all rows is drawn. */
  get share() {
    const shares = this.rows.map((_, row) => {
      const last = this.last(row);
      return last ? last.step / last.steps : 0;
    });
    return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  }

  /** Of all rows together. */
  get modelCalls() {
    return this.rows.reduce((sum, _, row) => sum + (this.last(row)?.modelCalls ?? 0), 0);
  }

  /** @param {Rows['phase']} phase */
  enter(phase) {
    this.phase = phase;
    this.changed();
  }
}
