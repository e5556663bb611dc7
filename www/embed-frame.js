// For a page that shows embed.html in a frame: gives the frame the height that its content says it has.

/** No view is higher. */
const MAX_HEIGHT = 10_000;

addEventListener('message', ({ data, origin, source }) => {
  if (data?.type !== 'diffusion-playground height') return;
  const { height } = data;
  if (!Number.isInteger(height) || height < 0 || height > MAX_HEIGHT) return;
  for (const frame of document.querySelectorAll('iframe')) {
    if (frame.contentWindow !== source) continue;
    const { origin: expected, pathname } = new URL(frame.src, document.baseURI);
    // A sandbox without `allow-same-origin` has no origin of its own.
    const sandboxed = frame.hasAttribute('sandbox') && !frame.sandbox.contains('allow-same-origin');
    if (pathname.endsWith('/embed.html') && origin === (sandboxed ? 'null' : expected)) {
      frame.style.height = `${height}px`;
    }
  }
});
