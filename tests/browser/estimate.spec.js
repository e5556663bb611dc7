import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const section = (page) => page.locator('diffusion-estimate');

test('the network in training is asked about the chosen digit and t', async ({ page }) => {
  test.slow();
  await open(page, `#${TINY}&t=1000`);
  await expect(section(page).getByRole('heading')).toHaveCount(0);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await section(page).scrollIntoViewIfNeeded();
  const reading = section(page).locator('.reading');
  await expect(reading).toContainText('After 1 training step, at t = 1000', { timeout: 120_000 });
  // The same digit, noise and schedule as above: the same picture, and DDPM's last amplitude.
  const [seen, guess] = ['mix', 'model'].map((ink) =>
    section(page).locator(`diffusion-picture.${ink}`).first(),
  );
  expect(await drawn(seen)).toBe(await drawn(page.locator('diffusion-forward diffusion-picture.mix')));
  await expect(section(page).locator('.formula')).toContainText('0.006');
  // A fresh network's error is about that of the answer 0.
  const error = Number(((await reading.textContent()) ?? '').match(/noise is ([\d.]+)\./)?.[1]);
  expect(error).toBeGreaterThan(0.6);
  expect(error).toBeLessThan(2.5);

  const before = await drawn(guess);
  await page.getByRole('slider', { name: 'Timestep t' }).fill('400');
  await expect(reading).toContainText('at t = 400');
  await expect.poll(() => pixels(guess)).not.toBe(before);
  await page.getByRole('slider', { name: 'Timestep t' }).fill('0');
  await expect(section(page)).toContainText('At t = 0 there is no noise to find');
});

test('the guess follows the training, and another schedule is pointed out', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  test.slow();
  await open(page, `#${TINY}&learningRate=0.005&gridEvery=1000`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await section(page).scrollIntoViewIfNeeded();
  const reading = section(page).locator('.reading');
  const error = async () => Number(((await reading.textContent()) ?? '').match(/noise is ([\d.]+)\./)?.[1]);
  await expect.poll(error).toBeGreaterThan(0.6);
  const before = await error();
  await page.getByRole('button', { name: 'Go on' }).click();
  await section(page).scrollIntoViewIfNeeded();
  await expect.poll(error, { timeout: 120_000 }).toBeLessThan(0.5 * before);
  await expect(reading).not.toContainText('another noise schedule');
  await page.locator('diffusion-forward').getByLabel('Noise schedule').selectOption('cosine');
  await expect(reading).toContainText('It was trained with another noise schedule');
});
