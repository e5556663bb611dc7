// Animated pictures as GIF. Loaded when the first is asked for: see exports.js.

import { applyPalette, GIFEncoder, quantize } from 'gifenc';

/** Every grey there is: a grey picture loses nothing. */
const GREYS = Array.from({ length: 256 }, (_, grey) => [grey, grey, grey]);

/**
 * @param {number} count of frames
 * @param {(index: number) => { image: ImageData, isGrey: boolean }} frameAt
 * @param {(index: number) => number} delayOf in milliseconds
 * @param {(index: number) => void} onProgress before each frame
 * @returns {Promise<Uint8Array<ArrayBuffer>>} repeats for ever
 */
export async function encode(count, frameAt, delayOf, onProgress) {
  const gif = GIFEncoder();
  for (let index = 0; index < count; index++) {
    onProgress(index);
    // The page gets its turn in between.
    await new Promise((resolve) => setTimeout(resolve));
    const { image, isGrey } = frameAt(index);
    const { data, width, height } = image;
    const palette = isGrey ? GREYS : quantize(data, 256);
    const indices = isGrey ? data.filter((_, byte) => byte % 4 === 0) : applyPalette(data, palette);
    gif.writeFrame(indices, width, height, { palette, delay: delayOf(index) });
  }
  gif.finish();
  return gif.bytes();
}
