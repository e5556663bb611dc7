import { expect, open, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const ON_THE_CPU = 'a software adapter takes long over the many small kernels of a small network';

/** @param {Page} page */
const section = (page) => page.locator('diffusion-points');

/** A live figure of the section. @param {Page} page @param {string} name */
async function figure(page, name) {
  const text = await section(page).locator('dl div', { hasText: name }).locator('dd').textContent();
  return Number.parseFloat((text ?? '').replaceAll(',', ''));
}

/** What the samples' square shows. @param {Page} page */
const picture = (page) =>
  section(page)
    .locator('.points-samples canvas')
    .evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());

/** Opens the section and waits for the samples of the untrained network. @param {Page} page @param {string} [hash] */
async function begin(page, hash = '') {
  await open(page, hash);
  await section(page).scrollIntoViewIfNeeded();
  await expect(section(page).getByText('Network of training step 0: arrived.')).toBeVisible();
}

/** @param {Page} page @param {number} steps */
async function trained(page, steps) {
  await expect.poll(() => figure(page, 'Training steps'), { timeout: 120_000 }).toBeGreaterThanOrEqual(steps);
}

test('within seconds the samples lie on the shape, all over it', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await begin(page, '#pointsShape=eight-gaussians');
  // Untrained: far from the data.
  expect(await figure(page, 'From sample to data')).toBeGreaterThan(0.2);
  await section(page).getByRole('button', { name: 'Train on points' }).click();
  await expect.poll(() => figure(page, 'From sample to data'), { timeout: 120_000 }).toBeLessThan(0.05);
  await expect.poll(() => figure(page, 'From data to sample'), { timeout: 120_000 }).toBeLessThan(0.1);
  const seconds = await figure(page, 'Time spent on them');
  expect(seconds).toBeLessThan(30);
  await section(page).getByRole('button', { name: 'Pause' }).click();
  await expect(section(page).getByText(/^Paused after step/)).toBeVisible();
});

test('the slider, the view and the keyboard lead along the way', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await begin(page);
  const end = await picture(page);
  const slider = section(page).getByRole('slider', { name: 'Denoising step' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(section(page).getByText('Network of training step 0: noise, step 0 of 20.')).toBeVisible();
  await expect.poll(() => picture(page)).not.toBe(end);
  const noise = await picture(page);
  await section(page).getByLabel('What is shown').selectOption('x0Hat');
  await expect(section(page).getByText('guesses, step 0 of 20')).toBeVisible();
  await expect.poll(() => picture(page)).not.toBe(noise);
  await expect(page).toHaveURL(/pointsView=x0Hat&pointsStage=0/);
  const guesses = await picture(page);
  await section(page).getByLabel('What is shown').selectOption('field');
  await expect(section(page).getByText('the noise seen there, step 0 of 20')).toBeVisible();
  await expect.poll(() => picture(page)).not.toBe(guesses);
  await section(page).getByLabel('What is shown').selectOption('x0Hat');
  await section(page).getByRole('button', { name: 'Play: Denoising step' }).click();
  await expect(section(page).getByText('arrived')).toBeVisible();

  // The numbers of the formula hold: x_s is what its right side comes to.
  const numbers = (await section(page).locator('.formula .live').allTextContents())
    .slice(1)
    .map((text) => Number(text.replace('−', '-')));
  const [xS, yS, signal, x0, y0, noiseShare, epsX, epsY] = numbers;
  expect(signal * x0 + noiseShare * epsX).toBeCloseTo(xS, 1);
  expect(signal * y0 + noiseShare * epsY).toBeCloseTo(yS, 1);
});

test('it trains beside the other run, and another shape starts anew', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await begin(page, '#preset=tiny&batchSize=8');
  await section(page).getByRole('button', { name: 'Train on points' }).click();
  await trained(page, 5);
  await section(page).getByLabel('Points to learn from', { exact: true }).selectOption('checkerboard');
  await trained(page, 5);
  await expect(section(page).getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.getByRole('button', { name: 'Start training' }).click();
  const steps = page.locator('diffusion-train dl div', { hasText: 'Training steps' }).locator('dd');
  await expect(steps).not.toHaveText('0');
  // Out of sight it stands still; in sight again it goes on.
  await page.waitForTimeout(500);
  const stopped = await figure(page, 'Training steps');
  await page.waitForTimeout(1500);
  expect(await figure(page, 'Training steps')).toBe(stopped);
  await section(page).scrollIntoViewIfNeeded();
  await trained(page, stopped + 20);
  await expect.poll(async () => Number(await steps.textContent())).toBeGreaterThan(3);
});

test('a drawing of one’s own is learned from', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, '#pointsShape=drawn');
  await section(page).scrollIntoViewIfNeeded();
  await expect(section(page).getByText('Draw something in the left square first.')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Train on points' })).toBeDisabled();
  const pad = section(page).locator('.points-data canvas');
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width } = (await pad.boundingBox()) ?? { x: 0, y: 0, width: 0 };
  await page.mouse.move(x + 0.2 * width, y + 0.3 * width);
  await page.mouse.down();
  await page.mouse.move(x + 0.8 * width, y + 0.7 * width, { steps: 10 });
  await page.mouse.up();
  await expect(section(page).getByText('Network of training step 0: arrived.')).toBeVisible();
  await section(page).getByRole('button', { name: 'Train on points' }).click();
  await trained(page, 60);
  await section(page).getByRole('button', { name: 'Clear the drawing' }).click();
  await expect(section(page).getByText('Draw something in the left square first.')).toBeVisible();
});

test('what cannot be trained is said in the section', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await begin(page);
  await page.workers()[0].evaluate(() => {
    const data = { type: 'newPoints', shape: 'two-moons', count: 0, config: { preset: 'points' } };
    self.dispatchEvent(new MessageEvent('message', { data }));
  });
  await expect(section(page).getByRole('alert')).toContainText('count is 0, but must be from 1 to 1048576');
  await section(page).getByRole('button', { name: 'Train on points' }).click();
  await trained(page, 3);
});
