import { readFileSync } from 'node:fs';
import { drawn, expect, open, pixels, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const ON_THE_CPU = 'a software adapter takes minutes to compile the shaders of two networks';
const TINY_RACE = 'raceNetworkA=tiny&raceNetworkB=tiny&raceBatchSize=4';

/** @param {Page} page */
const section = (page) => page.locator('diffusion-race');

/** @param {Page} page @param {number} index */
const contender = (page, index) => section(page).locator('.contenders fieldset').nth(index);

/** A live figure of a contender. @param {Page} page @param {number} index @param {string} name */
async function figure(page, index, name) {
  const text = await contender(page, index).locator('dl div', { hasText: name }).locator('dd').textContent();
  return Number.parseFloat((text ?? '').replaceAll(',', ''));
}

/** @param {Page} page @param {string} name */
const both = (page, name) => Promise.all([0, 1].map((index) => figure(page, index, name)));

/** Opens the section and starts. @param {Page} page @param {string} hash */
async function start(page, hash) {
  await open(page, `#${TINY_RACE}&${hash}`);
  await section(page).scrollIntoViewIfNeeded();
  await section(page).getByRole('button', { name: 'Start the race' }).click();
}

/** Waits until both were looked at after so many steps. @param {Page} page @param {number} steps */
async function looked(page, steps) {
  for (const index of [0, 1]) {
    await expect(contender(page, index)).toContainText(`After ${steps} steps`, { timeout: 120_000 });
  }
}

test('two of a kind run neck and neck', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await start(page, 'raceEvery=4');
  await looked(page, 4);
  await section(page).getByRole('button', { name: 'Pause' }).click();
  await expect(section(page).getByText(/^Paused after \d+ steps\.$/)).toBeVisible();
  await expect.poll(async () => new Set(await both(page, 'Training steps')).size).toBeLessThanOrEqual(2);
  // The same seed, the same network: the same samples and the same error.
  const [a, b] = await both(page, 'Error, measured alike');
  expect(a).toBeGreaterThan(0.1);
  expect(b).toBe(a);
  for (const digit of [0, 7]) {
    const picture = (/** @type {number} */ index) =>
      contender(page, index).locator('diffusion-picture').nth(digit);
    expect(await drawn(picture(1))).toBe(await drawn(picture(0)));
  }
  await expect(section(page).getByText('the lower line is ahead').first()).toBeVisible();
  await expect(section(page).getByText('Do not compare their heights')).toHaveCount(0);
  const [weights, others] = await both(page, 'Weights');
  expect(weights).toBe(others);

  const download = page.waitForEvent('download');
  await section(page).getByRole('button', { name: 'Curves as CSV' }).click();
  const lines = readFileSync(await (await download).path(), 'utf8')
    .trim()
    .split('\n');
  expect(lines[0]).toBe('contender,step,seconds,loss,loss_smoothed,error');
  const fields = lines.map((line) => line.split(','));
  expect(fields.filter(([contender]) => contender === 'B').length).toBeGreaterThanOrEqual(4);
  expect(fields.filter(([, step, , , , error]) => step === '4' && Number(error) > 0.1)).toHaveLength(2);

  await section(page).getByLabel('Pictures in a batch').fill('2');
  await expect(section(page).getByText('Settings changed: start anew to apply them.')).toBeVisible();
  await section(page).getByRole('button', { name: 'Start anew' }).click();
  await expect(section(page).getByText('Fresh weights for both.')).toBeVisible();
  expect(await both(page, 'Training steps')).toEqual([0, 0]);
  expect(await pixels(contender(page, 0).locator('diffusion-picture').first())).toBe('');
});

test('different predictions are measured alike, and time can keep them level', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await start(page, 'raceEvery=5&racePredictionB=flow&raceRateA=0.005&raceRateB=0.005');
  await looked(page, 5);
  await expect(section(page).getByText('Do not compare their heights')).toBeVisible();
  await section(page).getByLabel('Kept level by').selectOption('seconds');
  await expect(section(page).getByText('Both train for the same time.')).toBeVisible();
  await expect
    .poll(async () => Math.min(...(await both(page, 'Training steps'))), { timeout: 120_000 })
    .toBeGreaterThan(12);
  await section(page).getByRole('button', { name: 'Pause' }).click();
  const [a, b] = await both(page, 'Time spent on them');
  // A slice apart at most, which a busy machine may stretch.
  expect(Math.abs(a - b)).toBeLessThan(0.3 * Math.max(a, b) + 2);
  const charts = section(page).locator('diffusion-race-chart').getByRole('img');
  await expect(charts.nth(0)).toHaveAttribute('aria-label', /^Loss, smoothed: A [\d.]+, B [\d.]+\.$/);
  await expect(charts.nth(1)).toHaveAttribute(
    'aria-label',
    /^Error on test images, .*: A [\d.]+, B [\d.]+\.$/,
  );
});

test('a pair can be chosen, and what cannot be raced is said', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY_RACE}`);
  await section(page).scrollIntoViewIfNeeded();
  await section(page).getByRole('button', { name: 'ε and v' }).click();
  await expect(contender(page, 1).getByLabel('Predicts')).toHaveValue('v');
  await expect(contender(page, 0).getByLabel('Network')).toHaveValue('unet');
  await expect(page).toHaveURL(/racePredictionB=v/);
  await page.workers()[0].evaluate(() => {
    const data = { type: 'newRace', every: 0, configs: [{ preset: 'tiny' }, { preset: 'tiny' }] };
    self.dispatchEvent(new MessageEvent('message', { data }));
  });
  await expect(section(page).getByRole('alert')).toContainText('every is 0, but must be at least 1');
});
