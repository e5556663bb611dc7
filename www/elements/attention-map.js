// Weights of attention as a picture: the fuller the colour, the more.

/**
 * @param {HTMLCanvasElement} canvas with a pixel for each weight
 * @param {number[]} weights
 * @param {number} largest what has the full colour
 */
export function paint(canvas, weights, largest) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const ink = inkOf(canvas);
  const image = new ImageData(canvas.width, canvas.height);
  weights.forEach((weight, index) => {
    image.data.set([...ink, (255 * weight) / largest], 4 * index);
  });
  context.putImageData(image, 0, 0);
}

/** The colour of the model's quantities, as bytes. @param {HTMLElement} element */
function inkOf(element) {
  const hex = getComputedStyle(element).getPropertyValue('--model').trim();
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) || 0);
}
