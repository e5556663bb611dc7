import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const section = (page) => page.locator('diffusion-time-machine');

/** @param {Page} page */
const picture = (page) => section(page).locator('.here diffusion-picture');

/** @param {Page} page @param {number} steps */
async function trainTo(page, steps) {
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, steps);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/^Paused after step \d+\.$/)).toBeVisible();
}

test('every drawing is kept with its way, and both axes lead there', async ({ page }, { project }) => {
  test.skip(
    project.name === 'webgpu',
    'the drawings themselves are tested there; the way is the same on every device',
  );
  test.slow();
  await open(page, `#${TINY}&gridEvery=5&learningRate=0.005`);
  await expect(section(page).getByText('Nothing yet. Every drawing')).toBeVisible();
  await trainTo(page, 15);
  await expect(section(page).getByText(/^Drawings kept: [3-9]/)).toBeVisible();

  // The end of the newest row is what the training section shows.
  const sample = page.locator('diffusion-train .grid diffusion-picture').nth(3);
  await expect.poll(async () => (await drawn(picture(page))) === (await drawn(sample))).toBe(true);
  const end = await pixels(picture(page));

  const training = section(page).getByRole('slider', { name: 'Training step' });
  await training.focus();
  await page.keyboard.press('Home');
  await expect(section(page).getByText('by the network of step 5: the end of the way.')).toBeVisible();
  await expect.poll(() => pixels(picture(page))).not.toBe(end);

  const early = await drawn(picture(page));
  const stage = section(page).getByRole('slider', { name: 'Denoising stage' });
  await stage.fill('4');
  await expect(
    section(page).getByText(/by the network of step 5: the guess at the digit at t = \d+\./),
  ).toBeVisible();
  await expect(page).toHaveURL(/machineStage=4/);
  await expect.poll(() => pixels(picture(page))).not.toBe(early);
  const far = Number(await section(page).locator('.formula .live').textContent());
  expect(far).toBeGreaterThan(0);
  await stage.fill('10');
  await expect(section(page).locator('.formula .live')).toHaveText('0.000');

  // The noise at the beginning is the same, whatever the network knew.
  await section(page).getByLabel('What is shown').selectOption('xT');
  await stage.fill('0');
  await expect(section(page).getByText(/: the picture so far at t = \d+\./)).toBeVisible();
  const start = await drawn(picture(page));
  await training.press('End');
  await expect(section(page).getByText('by the network of step 5:')).toBeHidden();
  expect(await drawn(picture(page))).toBe(start);
  await section(page).getByLabel('Digit', { exact: true }).selectOption('8');
  await expect.poll(() => pixels(picture(page))).not.toBe(start);
});

test('pressing on the sheet goes there', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  test.slow();
  await open(page, `#${TINY}&gridEvery=5`);
  await trainTo(page, 10);
  await expect(section(page).getByText(/^Drawings kept: [2-9]/)).toBeVisible();
  await section(page)
    .locator('canvas[aria-label*="moments"]')
    .click({ position: { x: 2 * 60 + 20, y: 20 } });
  await expect(section(page).getByRole('slider', { name: 'Denoising stage' })).toHaveValue('2');
  await expect(section(page).getByText('by the network of step 5:')).toBeVisible();
});

test('however many drawings there are, no more than forty are kept', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  test.slow();
  await open(page, '#preset=tiny&batchSize=1&gridEvery=1');
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, 44);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(section(page).getByText(/^Drawings kept: 2[1-6]\./)).toBeVisible();
  // Every second from the first on, and the newest.
  await section(page).getByRole('slider', { name: 'Training step' }).press('Home');
  await expect(section(page).getByText('by the network of step 1:')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(section(page).getByText('by the network of step 3:')).toBeVisible();
});
