// Any picture that the browser can read, as the networks take it: the middle square, grey, 28x28, a byte a pixel.

export const SIDE = 28;

/** @param {Blob} file @returns {Promise<Uint8Array>} black is 0, white is 255; rejects what is no picture */
export async function decodePicture(file) {
  const whole = await createImageBitmap(file);
  const side = Math.min(whole.width, whole.height);
  const [left, top] = [(whole.width - side) / 2, (whole.height - side) / 2].map(Math.floor);
  const small = await createImageBitmap(whole, left, top, side, side, {
    resizeWidth: SIDE,
    resizeHeight: SIDE,
    resizeQuality: 'high',
  });
  whole.close();
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true })
  );
  // What is transparent lies on paper.
  context.fillStyle = 'white';
  context.fillRect(0, 0, SIDE, SIDE);
  context.drawImage(small, 0, 0);
  small.close();
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, pixel) => luma(data, 4 * pixel));
}

/** The brightness of red, green and blue (ITU-R BT.601). @param {Uint8ClampedArray} data @param {number} at */
const luma = (data, at) => Math.round(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]);
