import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const WEIGHTS = '**/models/*.safetensors*';
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
    const data = { type: 'rows', at: 'compare', configs: [{ steps: 0 }] };
    self.dispatchEvent(new MessageEvent('message', { data }));
  });
  await expect(section(page).getByRole('alert')).toContainText('steps is 0, but must be from 1 to 1000');
  await section(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(section(page).getByText('Ready: the network has learned for 1 steps.')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Compare' })).toBeEnabled();
});

test('a flow draws a row from the same noise, beside the network that draws', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  /** @type {string[]} */
  const asked = [];
  page.on('request', (request) => request.url().includes('/models/') && asked.push(request.url()));
  await open(page, `#${TINY}&compareSteps=2&compareBeside=yes`);
  await compare(page);
  const done = /^Done: 15 model calls in all, by a network after 1 training steps and MNIST flow U-Net/;
  await expect(section(page).getByText(done)).toBeVisible();
  const flow = row(page, 'Flow');
  await expect(flow).toContainText('Another network, MNIST flow U-Net');
  await expect(flow).toContainText(/2 model calls, \d+(\.\d)? m?s/);
  await expect(flow.locator('.film diffusion-picture')).toHaveCount(2);
  const end = flow.locator('.end');
  const before = await drawn(end);
  expect(before).not.toBe(await drawn(row(page, 'Euler').locator('.end')));
  await expect(page.locator('diffusion-sample')).toContainText('Ready: the network has learned for 1 steps.');

  // Its start is decided by the seed that all rows have, and it came once.
  for (const [seed, same] of /** @type {const} */ ([
    ['7', false],
    ['1', true],
  ])) {
    await section(page).getByLabel('Seed', { exact: true }).fill(seed);
    await section(page).getByRole('button', { name: 'Compare' }).click();
    await expect.poll(async () => (await pixels(end)) === before).toBe(same);
    await expect(section(page).getByText(done)).toBeVisible();
  }
  expect(asked.length).toBe(1);

  // Unwanted, it is given up.
  await section(page).getByLabel('A second network').uncheck();
  await expect(flow).toHaveCount(0);
  await page.workers()[0].evaluate(() => {
    const data = { type: 'rows', at: 'compare', configs: [{ steps: 1 }, { steps: 1 }], beside: true };
    self.dispatchEvent(new MessageEvent('message', { data }));
  });
  await expect(section(page).getByRole('alert')).toContainText('the second network is not there');
});

test.describe('without the second network', () => {
  test.use({ expectedErrors: /net::ERR_FAILED/ });

  test('the other rows are drawn, and it can be fetched again', async ({ page }, { project }) => {
    test.skip(project.name === 'webgpu', ON_THE_CPU);
    await page.route(WEIGHTS, () => {});
    await open(page, `#${TINY}&compareSteps=1&compareBeside=yes`);
    await compare(page);
    await expect(section(page).getByText('Fetching the second network, MNIST flow U-Net')).toBeVisible();
    await section(page).getByRole('button', { name: 'Stop all' }).click();
    await expect(section(page).getByText('Ready: the network has learned for 1 steps.')).toBeVisible();

    await page.unroute(WEIGHTS);
    await page.route(WEIGHTS, (route) => route.abort());
    await section(page).getByRole('button', { name: 'Compare' }).click();
    await expect(section(page).getByText('Done: 6 model calls in all')).toBeVisible();
    const flow = row(page, 'Flow');
    await expect(flow.getByRole('alert')).toContainText('This network did not come: Failed to fetch.');
    await expect(flow).toContainText('not drawn yet');

    await page.unroute(WEIGHTS);
    await section(page).getByRole('button', { name: 'Compare' }).click();
    await expect(section(page).getByText('Done: 7 model calls in all')).toBeVisible();
    await expect(flow.getByRole('alert')).toHaveCount(0);
  });
});

test('beside a flow it predicts noise, and beside a network of other pictures there is none', async ({
  page,
}, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  const box = section(page).getByLabel('A second network');
  await open(page, `#${TINY}&dataSet=fashion&compareBeside=yes`);
  await expect(box).toBeDisabled();
  await expect(section(page).getByText('Only beside a network that draws MNIST’s digits')).toBeVisible();
  await expect(section(page).getByRole('listitem')).toHaveCount(6);
  await page.goto('about:blank');
  await open(page, `#${TINY}&prediction=flow&compareBeside=yes`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await expect(row(page, 'Noise prediction')).toContainText('Another network, MNIST U-Net');
  await expect(box).toBeEnabled();
});
