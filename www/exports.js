// What was seen, as files: curves as a table, pictures pixel for pixel, ways from noise as animations.

import { frameImage } from './elements/picture.js';
import { history } from './history.js';
import { strings } from './language.js';
import { NAMES, race } from './race.js';
import { run } from './run.js';
import { trajectory } from './trajectory.js';

/** @typedef {import('../pkg/diffusion_playground.js').Frames} Frames */
/** @typedef {{ frames: Frames, index: number }} Cell a picture of several */
/** @typedef {{ name: string, content: Blob }} File */

/** Pixels between two pictures, before they are scaled. */
const GAP = 2;
/** Pictures side by side. */
const COLUMNS = 5;
/** Stages of a film strip, the end included. */
const STAGES = 12;
/** Milliseconds that a frame stays, and the last one. */
const [FRAME_MS, LAST_MS] = [80, 1500];
/** Browsers draw no larger picture. */
const MAX_SIDE = 16_384;

/** The losses of the run, a line for each step. @returns {File} */
export function curves() {
  const { steps, losses, smoothed, emaLosses, seconds, bands } = run;
  const parts = bands.map((_, band) => `loss_band_${band + 1}_of_${bands.length}`);
  const lines = steps.map((step, index) => [
    ...[step, losses[index], smoothed[index], seconds[index]],
    ...bands.map(({ raw }) => raw[index] ?? ''),
    emaLosses[index] ?? '',
  ]);
  return table(`${runStem()}-loss`, [
    ['step', 'loss', 'loss_smoothed', 'seconds', ...parts, 'loss_ema'],
    ...lines,
  ]);
}

/** The race, a line for each step of either; the error where there was a look. @returns {File} */
export function raceCurves() {
  const lines = race.contenders.flatMap(({ steps, seconds, losses, smoothed, looks }, contender) => {
    const errors = new Map(looks.map(({ step, error }) => [step, error]));
    return steps.map((step, index) => [
      ...[NAMES[contender], step, seconds[index], losses[index], smoothed[index]],
      errors.get(step) ?? '',
    ]);
  });
  const names = ['contender', 'step', 'seconds', 'loss', 'loss_smoothed', 'error'];
  return table(`diffusion-race-step-${race.step}`, [names, ...lines]);
}

/** @param {string} stem @param {(string | number)[][]} lines @returns {File} */
function table(stem, lines) {
  const text = lines.map((line) => `${line.join(',')}\n`).join('');
  return { name: `${stem}.csv`, content: new Blob([text], { type: 'text/csv' }) };
}

/** The last samples of the run. @param {number} scale */
export async function samples(scale) {
  return await png(`${runStem(run.grid?.step)}-samples`, run.grid ? sheet(run.grid.frames) : [], scale);
}

/** The last way from noise: for each picture x_t above, the guess at x_0 below. @param {number} scale */
export async function filmStrip(scale) {
  const shown = stages();
  const columns = Math.min(STAGES, shown.length);
  const chosen = Array.from(
    { length: columns },
    (_, column) => shown[Math.round((column / Math.max(1, columns - 1)) * (shown.length - 1))],
  );
  const rows = Array.from({ length: shown[0].xT.count }, (_, index) => [
    chosen.map(({ xT }) => ({ frames: xT, index })),
    chosen.map(({ x0Hat }) => ({ frames: x0Hat, index })),
  ]).flat();
  return await png(`${wayStem()}-film-strip`, rows, scale);
}

/** The last way from noise, moving. @param {number} scale @param {(words: string) => void} tell */
export const way = (scale, tell) =>
  gif(
    `${wayStem()}-way`,
    stages().map(({ xT }) => sheet(xT)),
    scale,
    tell,
  );

/** The samples of the run from its first to its last, moving. @param {number} scale @param {(words: string) => void} tell */
export const learning = (scale, tell) =>
  gif(
    `${runStem()}-learning`,
    history.moments.map(({ frames }) => sheet(frames)),
    scale,
    tell,
  );

/** Stages of the last way: before each step on show, and the end. */
function stages() {
  const { steps, done } = trajectory;
  const end = done?.frames ? [{ xT: done.frames, x0Hat: done.frames }] : [];
  return [...steps, ...end];
}

const runStem = (step = run.step) => `diffusion-${run.config.preset}-step-${step}`;

const wayStem = () => {
  const { stem, config } = trajectory;
  return `diffusion-${stem}-${config.sampler}-${config.steps}-steps-seed-${config.seed}`;
};

/** Several pictures in lines. @param {Frames} frames @returns {Cell[][]} */
const sheet = (frames) =>
  Array.from({ length: Math.ceil(frames.count / COLUMNS) }, (_, row) =>
    Array.from({ length: Math.min(COLUMNS, frames.count - row * COLUMNS) }, (_, column) => ({
      frames,
      index: row * COLUMNS + column,
    })),
  );

/**
 * Pictures on white, each of their pixels a square of `scale` by `scale`.
 * @param {Cell[][]} rows
 * @param {number} scale
 */
function draw(rows, scale) {
  const { width, height } = rows[0][0].frames;
  const size = {
    width: rows[0].length * (width + GAP) - GAP,
    height: rows.length * (height + GAP) - GAP,
  };
  const largest = Math.floor(MAX_SIDE / Math.max(size.width, size.height));
  if (scale > largest) {
    throw new Error(strings.open.tooLarge(scale, size.width * scale, size.height * scale, largest));
  }
  const small = context(size.width, size.height);
  rows.forEach((cells, row) => {
    cells.forEach(({ frames, index }, column) => {
      small.putImageData(frameImage(frames, index), column * (width + GAP), row * (height + GAP));
    });
  });
  const large = context(size.width * scale, size.height * scale);
  large.imageSmoothingEnabled = false;
  large.drawImage(small.canvas, 0, 0, size.width * scale, size.height * scale);
  return large;
}

/** A white canvas. @param {number} width @param {number} height */
function context(width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(strings.open.noMemory);
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  return context;
}

/** @param {string} stem @param {Cell[][]} rows @param {number} scale @returns {Promise<File>} */
async function png(stem, rows, scale) {
  const { canvas } = draw(rows, scale);
  return { name: `${stem}-x${scale}.png`, content: await canvas.convertToBlob({ type: 'image/png' }) };
}

/**
 * @param {string} stem
 * @param {Cell[][][]} frames
 * @param {number} scale
 * @param {(words: string) => void} tell
 * @returns {Promise<File>}
 */
async function gif(stem, frames, scale, tell) {
  const { encode } = await import('./gif.js').catch(() => {
    throw new Error(strings.open.noGif);
  });
  const last = frames.length - 1;
  const bytes = await encode(
    frames.length,
    (index) => {
      const drawn = draw(frames[index], scale);
      const { width, height } = drawn.canvas;
      const { channels } = frames[index][0][0].frames;
      return { image: drawn.getImageData(0, 0, width, height), isGrey: channels === 1 };
    },
    (index) => (index === last ? LAST_MS : FRAME_MS),
    (index) => tell(strings.open.frame(index + 1, frames.length)),
  );
  return { name: `${stem}-x${scale}.gif`, content: new Blob([bytes], { type: 'image/gif' }) };
}
