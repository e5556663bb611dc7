import { readFileSync } from 'node:fs';
import { drawn, expect, open, pixels, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const TINY = 'autoencoderPreset=autoencoder-tiny&latentPreset=unet-latent-tiny&latentRate=0.004';

/** @param {Page} page */
const section = (page) => page.locator('diffusion-latent');

/** A live figure of the section. @param {Page} page @param {string} name */
async function figure(page, name) {
  const text = await section(page).locator('dl div', { hasText: name }).locator('dd').first().textContent();
  return Number.parseFloat((text ?? '').replaceAll(',', ''));
}

/** @param {Page} page @param {string} name @param {number} least */
async function reaches(page, name, least) {
  await expect.poll(() => figure(page, name), { timeout: 300_000 }).toBeGreaterThanOrEqual(least);
}

/** @param {Page} page @param {string} name */
const press = (page, name) => section(page).getByRole('button', { name, exact: true }).click();

/** @param {Page} page @param {string} settings @param {number} steps */
async function trainAutoencoder(page, settings, steps) {
  await open(page, `#${TINY}&${settings}`);
  await section(page).scrollIntoViewIfNeeded();
  await press(page, 'Train the autoencoder');
  await reaches(page, 'Autoencoder’s steps', steps);
  await press(page, 'Pause');
}

/** @param {Page} page @param {string} label */
const picture = (page, label) => section(page).locator(`diffusion-picture[label^="${label}"]`);

/** The grey values of a picture. @param {import('@playwright/test').Locator} picture */
const greys = (picture) =>
  picture.locator('canvas').evaluate((element) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')).getImageData(
      ...[0, 0, canvas.width, canvas.height],
    );
    return Array.from({ length: data.length / 4 }, (_, pixel) => data[4 * pixel]);
  });

test('an autoencoder learns, a network learns from its latents, and its file draws decoded digits', async ({
  page,
}, { project }) => {
  test.skip(project.name === 'webgpu', 'a software adapter takes minutes for so many steps');
  await trainAutoencoder(page, 'latentBatch=16&latentImages=200&steps=5&count=2', 80);
  // Both parts of the loss, and their weighted sum.
  const [loss, error, weight, kl] = (await section(page).locator('.formula .live').allTextContents())
    .slice(2)
    .map((text) => Number.parseFloat(text));
  expect(weight).toBe(1);
  expect(error + 1e-6 * kl).toBeCloseTo(loss, 2);
  expect(await figure(page, 'Error of a pixel')).toBeLessThan(0.8);

  // What comes back resembles its own digit more than another.
  const [original, other] = await Promise.all(
    [0, 3].map((i) => greys(picture(page, `Pixels of test image ${i}`))),
  );
  const back = await greys(picture(page, 'Reconstruction of test image 0'));
  const distance = (/** @type {number[]} */ one, /** @type {number[]} */ two) =>
    one.reduce((sum, value, i) => sum + (value - two[i]) ** 2, 0);
  expect(distance(back, original)).toBeLessThan(distance(back, other));
  expect(await greys(picture(page, 'Latent channel 4 of test image 0'))).toHaveLength(49);

  await press(page, 'Encode and train');
  await reaches(page, 'Network’s steps', 20);
  await press(page, 'Pause');
  expect(await figure(page, 'Latents')).toBe(200);
  expect(await figure(page, 'Scale s')).toBeGreaterThan(0);
  await expect(section(page).locator('.costs')).toContainText('4 × 7 × 7 = 196');
  await expect(section(page).getByRole('row', { name: /^Multiply-adds/ })).toContainText('7.85 M');
  await expect(section(page).getByRole('row', { name: /^A training step/ })).toContainText(
    'ms, batches of 16',
  );

  // The way from noise: another stage and another digit are other pictures.
  const latents = picture(page, 'Channel 1: the latents so far');
  const end = await drawn(latents);
  await section(page).getByRole('slider', { name: 'Denoising stage' }).press('Home');
  await expect.poll(() => pixels(latents)).not.toBe(end);
  const three = await pixels(latents);
  await press(page, 'Follow the 7');
  await expect.poll(() => pixels(latents)).not.toBe(three);
  await expect(page).toHaveURL(/latentDigit=7&latentStage=0/);

  // At its ends the mix is one of the two.
  const slider = section(page).getByRole('slider', { name: 'Tenths of the second' });
  const mixed = picture(page, 'latents mixed');
  const middle = await drawn(mixed);
  await slider.press('Home');
  await expect.poll(() => pixels(mixed)).not.toBe(middle);
  expect(await greys(picture(page, 'pixels mixed'))).toEqual(original);

  await press(page, 'Draw with it everywhere');
  const about = page.locator('diffusion-open').getByRole('region', { name: 'What was opened' });
  await expect(about).toContainText('Decoded from latents');
  const first = await sample(page);
  const download = page.waitForEvent('download');
  await page.locator('diffusion-save').getByRole('button', { name: 'Save as a checkpoint' }).click();
  const buffer = readFileSync(await (await download).path());
  await about.getByRole('button', { name: 'Close it' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.locator('diffusion-open').getByRole('button', { name: 'Open files' }).click();
  await (await chooser).setFiles({ name: 'latents.safetensors', mimeType: '', buffer });
  await expect(about).toContainText('latents.safetensors draws now');
  await expect(about).toContainText('28 × 28, grey');
  expect(await sample(page)).toBe(first);
});

/** @param {Page} page */
async function sample(page) {
  await page.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect(page.locator('diffusion-sample').getByText(/^Done: /)).toBeVisible();
  const stage = page.locator('diffusion-sample .stage diffusion-picture');
  // The guess at the noise is four channels, the others are decoded.
  expect(await greys(stage.nth(1))).toHaveLength(14 * 14);
  expect(await greys(stage.nth(0))).toHaveLength(28 * 28);
  return await drawn(stage.nth(0));
}

test('while the data are encoded everything else goes on, and what is encoded can do', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await trainAutoencoder(page, 'latentBatch=2', 2);
  await press(page, 'Encode and train');
  const progress = section(page).getByRole('progressbar');
  await expect.poll(() => progress.getAttribute('value').then(Number)).toBeGreaterThan(0);
  await page.locator('diffusion-forward').getByRole('slider', { name: 'Timestep t' }).fill('700');
  await expect(page.locator('diffusion-forward .formula').first()).toContainText('700');
  await expect(progress).toBeVisible();
  await press(page, 'Enough, learn these');
  await reaches(page, 'Network’s steps', 1);
  expect(await figure(page, 'Latents')).toBeLessThan(60_000);
});

test('what cannot be done is said in the section', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await trainAutoencoder(page, 'latentBatch=2', 1);
  await page.workers()[0].evaluate(() => {
    const data = { type: 'newLatentNetwork', config: { preset: 'unet-latent-tiny' } };
    self.dispatchEvent(new MessageEvent('message', { data }));
  });
  await expect(section(page).getByRole('alert')).toContainText('nothing is encoded yet');
  await press(page, 'Go on');
  await reaches(page, 'Autoencoder’s steps', 3);
});

test('on WebGPU an autoencoder takes a step, shows it, and encodes', async ({ page }, { project }) => {
  test.skip(project.name === 'cpu', 'the others do, and go on');
  test.slow();
  await trainAutoencoder(page, 'latentBatch=2&latentImages=8', 1);
  await drawn(picture(page, 'Reconstruction of test image 0'));
  await press(page, 'Encode and train');
  await expect.poll(() => figure(page, 'Latents'), { timeout: 300_000 }).toBe(8);
});
