// What a frozen classifier reads in the grid of guidance scales, and the training images that its pictures come nearest to.

import { client } from './client.js';
import { isDigit } from './data-sets.js';
import { COLUMNS, classOfColumn, guidanceGrid, SCALES } from './guidance-grid.js';
import { fetchKept, forget, keep } from './kept-files.js';
import { model } from './model.js';
import manifest from './models/manifest.json' with { type: 'json' };
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'verdicts'>} Verdict */
/** @typedef {import('./messages.js').MessageOf<'neighbours'>} Neighbours */

/** Found by address and hash, as the trained models are. */
const CACHE = 'diffusion-playground-models-1';
/** Bundlers of others look for an address in just this form. */
const FILE = new URL('./models/classifier.safetensors', import.meta.url).href;
const ADDRESS = `${FILE}?${manifest.classifier.sha256.slice(0, 16)}`;

/** The share of the test images that the classifier reads right. */
export const accuracy = manifest.classifier.accuracy;

/** The pictures are held against so many of the test images, which no network has learned from. */
const TEST_IMAGES = 100;

class Verdicts extends Store {
  /** Of the classifier. @type {'none' | 'fetching' | 'asked' | 'ready'} */
  phase = 'none';
  /** Why there is no classifier. @type {string | undefined} */
  problem;
  /** Of the drawing on show, for each row. @type {(Verdict | undefined)[]} */
  rows = [];
  /** Of the drawing on show. @type {Neighbours | undefined} */
  neighbours;
  /** There has been a search, and so the training images are needed. */
  hasSearched = false;
  /** How far the search is. @type {{ searched: number, of: number } | undefined} */
  search;
  /** @type {Uint8Array | undefined} */
  #file;
  /** The drawing, and how many there have been. */
  #drawing = guidanceGrid.rows;
  #number = 0;
  /** Rows of it that were sent. @type {Set<number>} */
  #asked = new Set();
  /** What is counted together: pictures of one network, drawn alike but for their noise. */
  #like = '';
  /** For each row, by seed: how many pictures were read as asked. @type {Map<number | undefined, number>[]} */
  #right = [];

  constructor() {
    super();
    guidanceGrid.subscribe(() => this.#follow());
    settings.subscribe(() => this.#follow());
    client.on('classifier', () => this.#arrived());
    client.on('verdicts', (verdict) => this.#take(verdict));
    client.on(
      'neighboursStep',
      ({ searched, of }) => this.search && this.#update({ search: { searched, of } }),
    );
    client.on('neighbours', (neighbours) => this.search && this.#update({ neighbours, search: undefined }));
    client.on('neighboursCancelled', () => this.#update({ search: undefined }));
    client.on('downloadFailed', ({ split }) => split === 'train' && this.#update({ search: undefined }));
    client.on('error', ({ at, message }) => {
      if (at === 'neighbours') this.#update({ search: undefined });
      if (at === 'verdicts') this.#refused(message);
    });
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => this.#update({ phase: 'none', search: undefined }));
    }
  }

  /** How many of a row's pictures so far were read as asked, of how many. @param {number} row */
  share(row) {
    const right = [...(this.#right[row]?.values() ?? [])];
    return { right: right.reduce((sum, count) => sum + count, 0), of: right.length * COLUMNS.length };
  }

  /** Whether the pictures are to be read: the classifier knows digits alone. */
  get wanted() {
    return settings.get('guidanceVerdicts') === 'yes' && model.classes.every(isDigit);
  }

  /** Whether all rows are there, grey, and of the size of digits. */
  get canSearch() {
    return guidanceGrid.phase === 'done' && SCALES.every((_, row) => isGrey(row));
  }

  findNeighbours() {
    const parts = SCALES.map((_, row) => pictures(row));
    const { width, height } = parts[0];
    /** @param {'labels' | 'pixels'} name */
    const joined = (name) => Uint8Array.from(parts.flatMap((part) => [...part[name]]));
    this.#update({ hasSearched: true, neighbours: undefined, search: { searched: 0, of: 0 } });
    client.send({
      type: 'neighbours',
      pictures: { width, height, labels: joined('labels'), pixels: joined('pixels') },
      testImages: TEST_IMAGES,
    });
  }

  cancelSearch() {
    client.send({ type: 'cancel', at: 'neighbours' });
  }

  /** Fetches the classifier, again where that failed. */
  async fetch() {
    this.#update({ phase: 'fetching', problem: undefined });
    try {
      this.#file = await fetchKept(CACHE, ADDRESS, { onProgress: () => {} });
      this.#update({ phase: 'asked' });
      client.send({ type: 'classifier', bytes: this.#file });
    } catch (error) {
      this.#update({ phase: 'none', problem: error instanceof Error ? error.message : `${error}` });
    }
  }

  /** Has every row read that is finished. */
  #follow() {
    if (guidanceGrid.rows !== this.#drawing) {
      this.#drawing = guidanceGrid.rows;
      this.#number++;
      this.#asked.clear();
      if (this.search) this.cancelSearch();
      this.#update({ rows: [], neighbours: undefined });
    }
    if (!this.wanted || guidanceGrid.phase === 'none') return;
    if (this.phase === 'none' && this.problem === undefined) this.fetch();
    if (this.phase !== 'ready') return;
    for (const row of SCALES.keys()) {
      const last = guidanceGrid.last(row);
      if (last?.step !== last?.steps || !isGrey(row) || this.#asked.has(row)) continue;
      this.#asked.add(row);
      client.send({ type: 'judge', row: this.#number * SCALES.length + row, pictures: pictures(row) });
    }
  }

  #arrived() {
    if (this.#file) keep(CACHE, ADDRESS, this.#file);
    this.#file = undefined;
    this.#update({ phase: 'ready' });
    this.#follow();
  }

  /** @param {string} problem */
  #refused(problem) {
    // What cannot be read is not kept.
    if (this.phase === 'asked') forget(CACHE, ADDRESS);
    this.#update({ phase: 'none', problem });
  }

  /** @param {Verdict} verdict */
  #take(verdict) {
    const row = verdict.row - this.#number * SCALES.length;
    const config = guidanceGrid.configs[row];
    // Of a drawing that is gone.
    if (!config) return;
    this.rows[row] = verdict;
    const { seed, guidanceScale: _, ...like } = config;
    const key = JSON.stringify([guidanceGrid.by, like]);
    if (key !== this.#like) this.#right = SCALES.map(() => new Map());
    this.#like = key;
    const isRight = (/** @type {number} */ column) => verdict.classes[column] === classOfColumn(column);
    this.#right[row].set(seed, COLUMNS.filter(isRight).length);
    this.changed();
  }

  /** @param {Partial<Verdicts>} change */
  #update(change) {
    Object.assign(this, change);
    this.changed();
  }
}

/** @param {number} row */
const isGrey = (row) => guidanceGrid.last(row)?.x0Hat.channels === 1;

/** The last pictures of a row. @param {number} row */
function pictures(row) {
  const { width = 0, height = 0, pixels = new Uint8Array() } = guidanceGrid.last(row)?.x0Hat ?? {};
  return { width, height, labels: Uint8Array.from(COLUMNS, classOfColumn), pixels };
}

export const verdicts = new Verdicts();
