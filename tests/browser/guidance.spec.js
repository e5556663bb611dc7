import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const ON_THE_CPU = 'a software adapter compiles the shaders of guided steps for minutes';

/** @param {Page} page */
const section = (page) => page.locator('diffusion-guidance');

/** @param {Page} page @param {number} row the first is the noise @param {number} column */
const cell = (page, row, column) =>
  section(page).getByRole('listitem').nth(row).locator('diffusion-picture').nth(column);

/** @param {Page} page */
async function draw(page) {
  await section(page).getByRole('button', { name: 'Draw the grid' }).click();
  await expect(section(page).getByText(/^Done: /)).toBeVisible();
}

/** @param {Page} page @param {number} row */
const pictures = async (page, row) => [await drawn(cell(page, row, 0)), await drawn(cell(page, row, 9))];

test('without a network there is nothing to guide, and the section says so', async ({ page }) => {
  await open(page);
  await expect(section(page).getByText('Guidance steers a network, and there is none so far.')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Draw the grid' })).toBeDisabled();
});

test('every row has its scale, every column its noise, and rescaling changes guided rows alone', async ({
  page,
}, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  test.slow();
  await open(page, `#${TINY}&guidanceSteps=3&learningRate=0.005`);
  // Until the network has learned to tell the classes apart, all scales draw the same.
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, 20);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/^Paused after step \d+\.$/)).toBeVisible();
  await draw(page);
  await expect(section(page).getByText('Done: 12 model calls')).toBeVisible();
  await expect(section(page).getByText('step 3 of 3')).toHaveCount(4);

  const [start, otherStart] = await pictures(page, 0);
  expect(start).not.toBe(otherStart);
  const plain = await pictures(page, 1);
  const guided = await pictures(page, 4);
  expect(guided).not.toEqual(plain);

  await section(page).getByRole('slider', { name: 'Rescale' }).fill('1');
  await draw(page);
  expect(await pictures(page, 0)).toEqual([start, otherStart]);
  expect(await pictures(page, 1)).toEqual(plain);
  expect(await pictures(page, 4)).not.toEqual(guided);
  await expect(page).toHaveURL(/guidanceRescale=1/);
});

test('the grid is stopped from the keyboard, and the page goes on', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}&guidanceSteps=1000`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await section(page).getByRole('button', { name: 'Draw the grid' }).focus();
  await page.keyboard.press('Enter');
  await drawn(cell(page, 0, 0));
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
    const command = {
      ...{ type: 'rows', at: 'guidance', configs: [{ steps: 5, count: 2 }] },
      labels: Uint8Array.of(1, 99),
    };
    self.dispatchEvent(new MessageEvent('message', { data: command }));
  });
  await expect(section(page).getByRole('alert')).toContainText('labels is 99, but must be from 0 to 10');
  await section(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(section(page).getByRole('button', { name: 'Draw the grid' })).toBeEnabled();
});

test('training, sampling, comparing and measuring go on together', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  test.slow();
  await open(page, `#${TINY}&guidanceSteps=2&compareSteps=2&boundTimesteps=5&boundImages=2&steps=4&count=1`);
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, 1);
  for (const name of ['Sample', 'Compare', 'Draw the grid', 'Measure']) {
    await page.getByRole('button', { name, exact: true }).click();
  }
  for (const name of ['sample', 'compare', 'guidance', 'objective']) {
    await expect(page.locator(`diffusion-${name}`).getByText(/^Done: /)).toBeVisible();
  }
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/^Paused after step \d+\.$/)).toBeVisible();
});
