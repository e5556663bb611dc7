// What inpainting fills in: half of the picture, its middle, or what the reader painted.

import { Drawing } from './drawing.js';
import { settings } from './settings.js';

/** @typedef {import('../pkg/diffusion_playground.js').Frames} Frames */
/** @typedef {import('./properties.js').Values['steerHole']} HoleKind */

const SIDE = 28;

/** What is wiped out with a brush so many pixels wide. */
export const painting = new Drawing(4);

/** @type {Record<Exclude<HoleKind, 'painted'>, (x: number, y: number) => boolean>} */
const SHAPES = {
  bottom: (_, y) => y >= SIDE / 2,
  top: (_, y) => y < SIDE / 2,
  left: (x) => x < SIDE / 2,
  right: (x) => x >= SIDE / 2,
  middle: (x, y) => Math.max(Math.abs(x - SIDE / 2 + 0.5), Math.abs(y - SIDE / 2 + 0.5)) < 5,
};

/** White is the hole; none where nothing was painted. @returns {Frames | undefined} */
export function hole() {
  const kind = settings.get('steerHole');
  if (kind === 'painted') return painting.picture;
  const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, pixel) =>
    SHAPES[kind](pixel % SIDE, Math.floor(pixel / SIDE)) ? 255 : 0,
  );
  return { width: SIDE, height: SIDE, channels: 1, count: 1, pixels };
}
