import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';
import { png } from './png.js';

test('a picture of one’s own is noised, inverted and guessed at', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${TINY}&t=0`);
  const forward = page.locator('diffusion-forward');
  const clean = forward.locator('diffusion-picture.data');
  const digit = await drawn(clean);
  const histogram = forward.locator('diffusion-histogram').getByRole('img');
  const mean = async () =>
    Number(((await histogram.getAttribute('aria-label')) ?? '').match(/mean (-?[\d.]+)/)?.[1]);
  /** @param {string} name @param {Buffer} buffer */
  const choose = async (name, buffer) => {
    const chooser = page.waitForEvent('filechooser');
    await forward.getByRole('button', { name: 'Choose your picture' }).click();
    await (await chooser).setFiles({ name, mimeType: 'image/png', buffer });
  };

  await choose('broken.png', Buffer.from('no picture'));
  await expect(
    forward.getByRole('alert').filter({ hasText: 'broken.png cannot be read as a picture' }),
  ).toBeVisible();
  expect(await pixels(clean)).toBe(digit);

  // Its middle square is half black, half white; what lies to the left and right of that is cut off.
  await choose(
    'wide.png',
    png(84, 28, (x, y) => (x < 28 || x >= 56 ? 128 : y < 14 ? 0 : 255)),
  );
  await expect.poll(() => pixels(clean)).not.toBe(digit);
  await expect.poll(mean).toBe(0);
  await expect(forward.getByRole('button', { name: 'Your picture', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await choose(
    'dark.png',
    png(28, 28, () => 0),
  );
  await expect.poll(mean).toBe(-1);
  await forward.getByRole('checkbox', { name: 'Invert it' }).check();
  await expect.poll(mean).toBe(1);
  const own = await pixels(clean);

  await forward.getByRole('slider', { name: 'Timestep t' }).fill('600');
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  const estimate = page.locator('diffusion-estimate');
  await estimate.scrollIntoViewIfNeeded();
  await expect(estimate.locator('.reading')).toContainText('a picture of your own');
  await expect
    .poll(() => pixels(estimate.locator('diffusion-picture.mix')))
    .toBe(await pixels(forward.locator('diffusion-picture.mix')));

  await forward.getByRole('button', { name: 'Digit 7' }).click();
  await expect.poll(() => pixels(clean)).toBe(digit);
  await forward.getByRole('button', { name: 'Your picture', exact: true }).click();
  await expect.poll(() => pixels(clean)).toBe(own);

  const base64 = png(28, 28, (x) => (x < 14 ? 0 : 255)).toString('base64');
  await page.evaluate((base64) => {
    const clipboardData = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    clipboardData.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, base64);
  await expect.poll(() => pixels(clean)).not.toBe(own);
});

test('what is drawn in the forward section sinks into the noise', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, '#t=0');
  const forward = page.locator('diffusion-forward');
  const clean = forward.locator('diffusion-picture.data');
  const digit = await drawn(clean);
  await forward.getByRole('button', { name: 'Draw one' }).click();
  const pad = forward.locator('diffusion-drawing-pad canvas');
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = /** @type {{ x: number, y: number, width: number, height: number }} */ (
    await pad.boundingBox()
  );
  await page.mouse.move(x + width / 2, y + height / 4);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y + (3 * height) / 4, { steps: 8 });
  await page.mouse.up();
  await expect.poll(() => pixels(clean)).not.toBe(digit);
  const own = await pixels(clean);
  const use = forward.getByRole('button', { name: 'Use the drawing' });
  await expect(use).toBeDisabled();

  await forward.getByRole('button', { name: 'Digit 7' }).click();
  await expect.poll(() => pixels(clean)).toBe(digit);
  await use.click();
  await expect.poll(() => pixels(clean)).toBe(own);
  await forward.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => pixels(clean)).toBe(digit);
});
