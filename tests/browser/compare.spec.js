import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const ON_THE_CPU = 'a software adapter compiles the shaders of every sampler for minutes';

/** @param {Page} page */
const section = (page) => page.locator('diffusion-compare');

/** @param {Page} page @param {string} name */
const row = (page, name) =>
  section(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name, exact: true }) });

/** @param {Page} page */
async function compare(page) {
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await section(page).getByRole('button', { name: 'Compare' }).click();
}

test('without a network there is nothing to compare, and the section says so', async ({ page }) => {
  await open(page);
  await expect(section(page).getByText('This takes a network.')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Compare' })).toBeDisabled();
});

test('all samplers start from one noise, and each counts its own calls', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}&compareSteps=6`);
  await compare(page);
  await expect(section(page).getByText(/^Done: 41 model calls/)).toBeVisible();
  for (const name of ['DDPM', 'DDIM', 'Euler', 'DPM-Solver++(2M)', 'UniPC']) {
    await expect(row(page, name)).toContainText(/6 model calls, \d+(\.\d)? m?s/);
    await expect(row(page, name).locator('.film diffusion-picture')).toHaveCount(6);
  }
  await expect(row(page, 'Heun')).toContainText('11 model calls');

  // Before their ways part, all see the same.
  const first = (/** @type {string} */ name) =>
    drawn(row(page, name).locator('.film diffusion-picture').first());
  expect(await first('DDPM')).toBe(await first('UniPC'));
  const end = (/** @type {string} */ name) => drawn(row(page, name).locator('.end'));
  expect(await end('DDPM')).not.toBe(await end('DDIM'));
  await expect(section(page).locator('.formula')).toContainText('Euler’s step 6 of 6');
});

test('the seed decides the start, and the same seed draws the same', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}&compareSteps=2`);
  await compare(page);
  await expect(section(page).getByText(/^Done: /)).toBeVisible();
  const start = section(page).locator('.start diffusion-picture');
  const end = row(page, 'DDPM').locator('.end');
  const before = { start: await drawn(start), end: await drawn(end) };
  for (const [seed, same] of /** @type {const} */ ([
    ['7', false],
    ['1', true],
  ])) {
    await section(page).getByLabel('Seed', { exact: true }).fill(seed);
    await section(page).getByRole('button', { name: 'Compare' }).click();
    await expect.poll(async () => (await pixels(start)) === before.start).toBe(same);
    await expect(section(page).getByText(/^Done: /)).toBeVisible();
    expect((await drawn(end)) === before.end).toBe(same);
  }
});

test('a comparison is begun and stopped from the keyboard, and the page goes on', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}&compareSteps=1000`);
  await compare(page);
  const stop = section(page).getByRole('button', { name: 'Stop all' });
  await drawn(section(page).locator('.start diffusion-picture'));
  await stop.focus();
  await page.keyboard.press('Enter');
  await expect(section(page).getByText(/^Stopped: /)).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Compare' })).toBeEnabled();
  const noisy = page.locator('diffusion-forward diffusion-picture.mix');
  const before = await drawn(noisy);
  await page.getByRole('slider', { name: 'Timestep t' }).fill('900');
  await expect.poll(() => pixels(noisy)).not.toBe(before);
});

test('what goes wrong is said in the section, and it can be tried again', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}&compareSteps=1`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await page.workers()[0].evaluate(() => {
    self.dispatchEvent(new MessageEvent('message', { data: { type: 'compare', configs: [{ steps: 0 }] } }));
  });
  await expect(section(page).getByRole('alert')).toContainText('steps is 0, but must be from 1 to 1000');
  await section(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(section(page).getByText('Ready: the network has learned for 1 steps.')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Compare' })).toBeEnabled();
});
