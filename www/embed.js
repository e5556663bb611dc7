// The page for a frame (embed.html?view=forward&t=400): its query is the element's attributes. It tells the page around it
// how high it is; embed-frame.js there listens.

import './playground.js';

const playground = document.createElement('diffusion-playground');
for (const [name, value] of new URLSearchParams(location.search)) {
  // Only letters: whatever else is no attribute of ours, and not all of it could be set.
  if (/^[a-z][a-z-]*$/.test(name) && name !== 'style' && !name.startsWith('on'))
    playground.setAttribute(name, value);
}
document.querySelector('main')?.append(playground);

// To whoever frames it: a height is no secret.
new ResizeObserver(([{ borderBoxSize }]) => {
  const height = Math.ceil(borderBoxSize[0].blockSize);
  parent.postMessage({ type: 'diffusion-playground height', height }, '*');
}).observe(playground);
