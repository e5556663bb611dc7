import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const ON_THE_CPU = 'one journey through this section is enough for a software adapter';
const SHORT = `${TINY}&boundImages=2&boundTimesteps=6`;

/** @param {Page} page */
const section = (page) => page.locator('diffusion-objective');

/** @param {Page} page */
async function measure(page) {
  await section(page).getByRole('button', { name: 'Measure' }).click();
  await expect(section(page).getByText(/^Done: /)).toBeVisible();
}

/** @param {Page} page @param {string} name */
async function figure(page, name) {
  const entry = section(page).locator('dl div').filter({ hasText: name });
  return Number((await entry.locator('dd').textContent()) ?? '');
}

test('without a network there is nothing to measure, and the section says so', async ({ page }) => {
  await open(page);
  await expect(section(page).getByText('There is nothing to measure without a network.')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Measure' })).toBeDisabled();
});

test('a network of one step is measured on any device', async ({ page }) => {
  test.slow();
  await open(page, `#${TINY}&boundImages=2&boundTimesteps=6`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await section(page).getByRole('button', { name: 'Measure' }).click();
  await expect(section(page).getByText(/^Done: /)).toBeVisible({ timeout: 300_000 });
  // What this network is worth does not depend on where it is measured.
  expect(await figure(page, 'Whole bound')).toBeCloseTo(5.8, 1);
  expect(await figure(page, 'L0')).toBeCloseTo(1.47, 1);
});

test('the terms add up to the bound, which training lowers', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  test.slow();
  await open(page, `#${SHORT}&learningRate=0.005&gridEvery=1000`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await measure(page);
  const [bound, first] = [await figure(page, 'Whole bound'), await figure(page, 'L0')];
  // The network knows nothing yet: its guess at the noise is as wrong as the answer 0.
  expect(await figure(page, 'Lsimple')).toBeGreaterThan(0.7);
  expect(first).toBeGreaterThan(0);
  expect(bound).toBeGreaterThan(first);
  const chart = section(page).locator('diffusion-term-chart').first().getByRole('img');
  await expect(chart).toHaveAttribute('aria-label', /L_0 is \d.*at t = 1000 is .+, L_T is/s);

  await page.getByRole('button', { name: 'Go on' }).click();
  await trained(page, 100);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/^Paused after step \d+\.$/)).toBeVisible();
  await measure(page);
  expect(await figure(page, 'Whole bound')).toBeLessThan(0.9 * bound);
  expect(await figure(page, 'Lsimple')).toBeLessThan(0.4);
});

test('the same measurement gives the same bound, another variance another', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${SHORT}`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await measure(page);
  const bound = await figure(page, 'Whole bound');
  const formula = section(page).locator('.formula');
  await expect(formula).toContainText(bound.toFixed(3));
  await section(page).getByLabel('Variance of the steps back').selectOption('fixedLarge');
  await expect(page).toHaveURL(/boundVariance=fixedLarge/);
  await measure(page);
  await expect(formula).not.toContainText(bound.toFixed(3));
  await section(page).getByLabel('Variance of the steps back').selectOption('fixedSmall');
  await measure(page);
  await expect(formula).toContainText(bound.toFixed(3));
});

test('a measurement is stopped from the keyboard, and the page goes on', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}&boundTimesteps=1000`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await section(page).getByRole('button', { name: 'Measure' }).focus();
  await page.keyboard.press('Enter');
  await expect(section(page).getByText(/^[1-9]\d* of 1,000$/)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(section(page).getByText(/^Stopped: /)).toBeVisible();
  const noisy = page.locator('diffusion-forward diffusion-picture.mix');
  const before = await drawn(noisy);
  await page.getByRole('slider', { name: 'Timestep t' }).fill('900');
  await expect.poll(() => pixels(noisy)).not.toBe(before);
});

test('what goes wrong is said in the section', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await page.workers()[0].evaluate(() => {
    const config = { images: 0, timesteps: 10, variance: 'fixedSmall', seed: 1 };
    self.dispatchEvent(new MessageEvent('message', { data: { type: 'objective', config } }));
  });
  await expect(section(page).getByRole('alert')).toContainText('images is 0, but must be from 1 to 256');
  await section(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(section(page).getByRole('button', { name: 'Measure' })).toBeEnabled();
});
