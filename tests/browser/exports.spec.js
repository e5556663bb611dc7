import { readFile } from 'node:fs/promises';
import { expect, figure, open, TINY, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const ON_THE_CPU = 'the same on every device';

/** @param {Page} page */
const section = (page) => page.locator('diffusion-export');

/** Presses a button and gives the file's name and content. @param {Page} page @param {string} name */
async function saved(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    section(page).getByRole('button', { name }).click(),
  ]);
  const file = download.suggestedFilename();
  await expect(section(page).getByText(`${file} was saved.`)).toBeVisible();
  return { file, bytes: await readFile(await download.path()) };
}

/** The frames of a picture: their sizes, times and pixels' reds. @param {Page} page @param {Buffer} bytes @param {string} type */
const decoded = (page, bytes, type) =>
  page.evaluate(
    async ([base64, type]) => {
      const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const decoder = new /** @type {any} */ (globalThis).ImageDecoder({ data, type });
      await decoder.tracks.ready;
      const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
      const frames = [];
      for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
        const { image } = await decoder.decode({ frameIndex });
        const { displayWidth: width, displayHeight: height, duration } = image;
        const context = new OffscreenCanvas(width, height).getContext('2d');
        context?.drawImage(image, 0, 0);
        const all = context?.getImageData(0, 0, width, height).data;
        frames.push({
          width,
          height,
          duration,
          reds: Array.from(all?.filter((_, byte) => byte % 4 === 0) ?? []),
        });
      }
      return { repetitionCount: `${repetitionCount}`, frames };
    },
    /** @type {const} */ ([bytes.toString('base64'), type]),
  );

/** The reds of a picture's canvas on the page. @param {import('@playwright/test').Locator} picture */
const shown = (picture) =>
  picture.locator('canvas').evaluate((element) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')).getImageData(
      0,
      0,
      28,
      28,
    );
    return Array.from(data.filter((_, byte) => byte % 4 === 0));
  });

/**
 * Whether a picture lies in another, each pixel a square.
 * @param {{ width: number, reds: number[] }} frame
 * @param {{ row: number, column: number, scale: number, pixels: number[] }} cell
 */
function lies({ width, reds }, { row, column, scale, pixels }) {
  const [left, top] = [column * 30 * scale, row * 30 * scale];
  return pixels.every((pixel, index) => {
    const [x, y] = [left + (index % 28) * scale, top + Math.floor(index / 28) * scale];
    const corners = [0, scale - 1].flatMap((dy) =>
      [0, scale - 1].map((dx) => reds[(y + dy) * width + x + dx]),
    );
    return corners.every((red) => red === pixel);
  });
}

test('curves and samples are saved as they are shown', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY.replace('gridEvery=10', 'gridEvery=2')}&exportScale=3`);
  await expect(section(page).getByText('There is nothing to save yet')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Curves as CSV' })).toBeDisabled();
  for (const step of [1, 2]) {
    await page.getByRole('button', { name: 'One step' }).click();
    await expect(page.getByText(`Paused after step ${step}.`)).toBeVisible();
  }
  await expect(page.getByText('after 2 steps')).toBeVisible();

  const csv = await saved(page, 'Curves as CSV');
  expect(csv.file).toBe('diffusion-tiny-step-2-loss.csv');
  const lines = csv.bytes
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  expect(lines[0].slice(0, 5)).toEqual(['step', 'loss', 'loss_smoothed', 'seconds', 'loss_band_1_of_5']);
  expect(lines.map((line) => line.length)).toEqual([10, 10, 10]);
  expect(lines.slice(1).map(([step]) => step)).toEqual(['1', '2']);
  // Of the averaged weights where samples were drawn.
  expect(lines[0].at(-1)).toBe('loss_ema');
  expect(lines[1].at(-1)).toBe('');
  expect(Number(lines[2].at(-1))).toBeGreaterThan(0);
  expect(Number(lines[2][1])).toBeCloseTo(await figure(page, 'Last loss'), 4);
  expect(Number(lines[2][3])).toBeGreaterThan(Number(lines[1][3]));

  const png = await saved(page, 'Samples as PNG');
  expect(png.file).toBe('diffusion-tiny-step-2-samples-x3.png');
  const [frame] = (await decoded(page, png.bytes, 'image/png')).frames;
  expect([frame.width, frame.height]).toEqual([148 * 3, 58 * 3]);
  const seventh = await shown(page.locator('diffusion-train .grid diffusion-picture').nth(7));
  expect(lies(frame, { row: 1, column: 2, scale: 3, pixels: seventh })).toBe(true);

  const gif = await saved(page, 'Learning as GIF');
  expect(gif.file).toBe('diffusion-tiny-step-2-learning-x3.gif');
  const learning = await decoded(page, gif.bytes, 'image/gif');
  expect(learning.frames.length).toBe(1);
  expect(learning.frames[0].reds).toEqual(frame.reds);
});

test('a way from noise is saved as a strip and as an animation', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}&steps=3&count=20&exportScale=16`);
  await page.getByRole('button', { name: 'One step' }).click();
  await expect(page.getByText('Paused after step 1.')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Film strip as PNG' })).toBeDisabled();
  const sample = page.locator('diffusion-sample');
  await sample.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect(sample.getByText(/^Done: /)).toBeVisible();

  await section(page).getByRole('button', { name: 'Film strip as PNG' }).click();
  await expect(section(page).getByRole('alert').filter({ hasText: 'choose at most 13' })).toBeVisible();
  await section(page).getByLabel('Scale of pictures').fill('1');
  const strip = await saved(page, 'Film strip as PNG');
  expect(strip.file).toBe('diffusion-tiny-step-1-ddim-3-steps-seed-1-film-strip-x1.png');
  const [frame] = (await decoded(page, strip.bytes, 'image/png')).frames;
  // Three steps and the end; two lines for each picture.
  expect([frame.width, frame.height]).toEqual([4 * 30 - 2, 40 * 30 - 2]);
  const end = await shown(sample.locator('.stage diffusion-picture.mix'));
  expect(lies(frame, { row: 0, column: 3, scale: 1, pixels: end })).toBe(true);

  const gif = await saved(page, 'Way from noise as GIF');
  expect(gif.file).toBe('diffusion-tiny-step-1-ddim-3-steps-seed-1-way-x1.gif');
  const { frames, repetitionCount } = await decoded(page, gif.bytes, 'image/gif');
  expect(repetitionCount).toBe('Infinity');
  expect(frames.map(({ duration }) => duration / 1000)).toEqual([80, 80, 80, 1500]);
  expect([frames[0].width, frames[0].height]).toEqual([148, 118]);
  expect(lies(frames[3], { row: 0, column: 0, scale: 1, pixels: end })).toBe(true);
});
