// The opening's film as a recording, for where no network can draw yet. tests/browser/recording.js makes it.

/** @typedef {import('../pkg/diffusion_playground.js').Frames} Frames */

const SIDE = 28;

/** A frame for each step, a picture for each digit: none where it does not arrive either. @returns {Promise<Frames[]>} */
export async function recordedFilm() {
  try {
    const response = await fetch(new URL('./recording.webp', import.meta.url));
    const film = await createImageBitmap(await response.blob());
    const { width, height } = film;
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
    );
    context.drawImage(film, 0, 0);
    film.close();
    const count = width / SIDE;
    return Array.from({ length: height / SIDE }, (_, step) => {
      const pixels = new Uint8Array(count * SIDE * SIDE);
      for (let digit = 0; digit < count; digit++) {
        const { data } = context.getImageData(digit * SIDE, step * SIDE, SIDE, SIDE);
        pixels.set(
          data.filter((_, at) => at % 4 === 0),
          digit * SIDE * SIDE,
        );
      }
      return { width: SIDE, height: SIDE, channels: 1, count, pixels };
    });
  } catch {
    return [];
  }
}
