import { drawn, expect, figure, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const section = (page) => page.locator('diffusion-network');

/** @param {Page} page @param {string} name */
const block = (page, name) =>
  section(page)
    .locator('.diagram')
    .getByRole('button', { name: new RegExp(`^${name.replace('.', '\\.')} `) });

/** @param {Page} page */
const view = (page) => page.locator('diffusion-block-view');

/** @param {Page} page */
async function oneStep(page) {
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await section(page).scrollIntoViewIfNeeded();
}

test('published networks are drawn with the shapes and sizes that they are known for', async ({ page }) => {
  await open(page, '#diagram=unet-128');
  await section(page).scrollIntoViewIfNeeded();
  await expect(section(page).locator('.numbers')).toContainText('108,414,979');
  const down = [
    [128, 128],
    [128, 64],
    [256, 32],
    [256, 16],
    [512, 8],
    [512, 4],
  ];
  for (const [level, [channels, side]] of down.entries()) {
    const shape = `32 × ${channels} × ${side} × ${side}`;
    await expect(block(page, `down_blocks.${level}`)).toContainText(shape);
    await expect(block(page, `up_blocks.${5 - level}`)).toContainText(shape);
  }
  await expect(block(page, 'mid_block')).toContainText('32 × 512 × 4 × 4');
  await expect(block(page, 'conv_out')).toContainText('32 × 3 × 128 × 128');
  await block(page, 'up_blocks.0').click();
  await expect(view(page).getByRole('row', { name: /^upsamplers\.0/ })).toContainText('32 × 512 × 8 × 8');
  await expect(view(page)).toContainText('only the shapes are known');

  await section(page).getByLabel('Network', { exact: true }).selectOption('dit-s-4');
  await section(page).getByLabel('Pictures in the batch').fill('16');
  await expect(block(page, 'blocks.11')).toContainText('16 × 64 × 384');
  await expect(block(page, 'output')).toContainText('16 × 8 × 32 × 32');
  await expect(page).toHaveURL(/diagram=dit-s-4&diagramBatch=16/);
  await expect(section(page).locator('.inside')).toBeHidden();
  await block(page, 'blocks.3').focus();
  await page.keyboard.press('Enter');
  await expect(section(page).getByRole('img', { name: /^The block from the inside/ })).toBeVisible();
  await expect(view(page).getByRole('row', { name: /^attn\.qkv/ })).toContainText('16 × 64 × 1152');
});

test('without a network in training there are shapes alone', async ({ page }) => {
  await open(page, '#preset=tiny');
  await section(page).scrollIntoViewIfNeeded();
  await block(page, 'mid_block').click();
  await expect(view(page)).toContainText('There is no network yet.');
});

test('a block of the network in training shows its maps, which follow the digit and t', async ({ page }) => {
  test.slow();
  await open(page, `#${TINY}`);
  await oneStep(page);
  // What is drawn from the configuration is what was built from it.
  const weights = await figure(page, 'Weights');
  await expect(section(page).locator('.numbers')).toContainText(weights.toLocaleString('en'));

  await block(page, 'mid_block').click();
  await expect(view(page)).toContainText('at t = 250, after 1 training step.', { timeout: 120_000 });
  const maps = view(page).locator('.maps diffusion-picture');
  await expect(maps).toHaveCount(16);
  const first = await drawn(maps.first());
  const attention = page.locator('diffusion-attention');
  await expect(attention.getByRole('img', { name: /^Head \d looks most at row \d/ })).toHaveCount(2);
  const sums = await attention.evaluate((element) => {
    const [{ heads, queries, keys, weights }] = /** @type {any} */ (element).views;
    return Array.from({ length: heads * queries }, (_, row) =>
      weights
        .slice(row * keys, (row + 1) * keys)
        .reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0),
    );
  });
  expect(sums).toHaveLength(2 * 49);
  for (const sum of sums) expect(sum).toBeCloseTo(1, 4);

  const head = attention.locator('canvas').first();
  const middle = await head.evaluate((element) => /** @type {HTMLCanvasElement} */ (element).toDataURL());
  await attention.getByRole('slider', { name: /^Place that looks/ }).press('Home');
  await expect(attention.getByText('row 1, column 1 of 7 × 7')).toBeVisible();
  await expect
    .poll(() => head.evaluate((element) => /** @type {HTMLCanvasElement} */ (element).toDataURL()))
    .not.toBe(middle);

  await view(page).getByRole('slider', { name: 'Timestep t' }).fill('900');
  await expect(view(page)).toContainText('at t = 900');
  await expect.poll(() => pixels(maps.first())).not.toBe(first);
});

test('the gates of a transformer begin closed', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'a software adapter takes minutes for a step of the transformer');
  test.slow();
  await open(page, '#preset=dit&batchSize=2&learningRate=0.01');
  await oneStep(page);
  await block(page, 'blocks.0').click();
  const gate = view(page).locator('.vectors div', { hasText: 'gate, attention' });
  await expect(gate).toContainText('root mean square', { timeout: 120_000 });
  const size = async () => Number(((await gate.textContent()) ?? '').match(/square ([\d.]+)/)?.[1]);
  const early = await size();
  // One step of a warming optimizer, seen through a slow average: next to nothing.
  expect(early).toBeLessThan(0.01);
  await page.getByRole('button', { name: 'Go on' }).click();
  await trained(page, 30);
  await page.getByRole('button', { name: 'Pause' }).click();
  await section(page).scrollIntoViewIfNeeded();
  await expect.poll(size).toBeGreaterThan(2 * early);
});

test('cross-attention shows from where each token of the class is looked at', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', 'a software adapter takes long over a step of the large network');
  await open(page, '#preset=unet-cross&batchSize=1');
  await oneStep(page);
  await block(page, 'mid_block').click();
  await view(page)
    .getByRole('button', { name: /attn2$/ })
    .click();
  const maps = page.locator('diffusion-cross-attention');
  // Four heads and four tokens.
  await expect(maps.getByRole('img', { name: /^Head \d, token \d: / })).toHaveCount(16);
  const sums = await maps.evaluate((element) => {
    const { heads, queries, keys, weights } = /** @type {any} */ (element).view;
    return Array.from({ length: heads * queries }, (_, row) =>
      weights
        .slice(row * keys, (row + 1) * keys)
        .reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0),
    );
  });
  expect(sums).toHaveLength(4 * 49);
  for (const sum of sums) expect(sum).toBeCloseTo(1, 4);
});

test('what cannot be drawn is said in the section', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page);
  await section(page).scrollIntoViewIfNeeded();
  await page.workers()[0].evaluate(() => {
    const command = { type: 'inspect', network: 'points', batch: 1 };
    self.dispatchEvent(new MessageEvent('message', { data: command }));
  });
  await expect(section(page).getByRole('alert')).toContainText('must be a network over images or latents');
});

test('every block is timed on the device at hand, and the shares make up a whole', async ({ page }) => {
  await open(page, '#preset=tiny&diagramBatch=2');
  await section(page).scrollIntoViewIfNeeded();
  await section(page).getByRole('button', { name: 'Time the blocks' }).click();
  await expect(section(page).getByRole('status').first()).toContainText(/A pass of \d pictures? took .+ ms/);
  await expect(section(page).getByRole('button', { name: 'Time the blocks' })).toBeEnabled();
  const shares = await section(page).locator('.time-share').allTextContents();
  expect(shares).toHaveLength(await section(page).locator('.block').count());
  const sum = shares.map((text) => Number(text.match(/([\d.]+) %/)?.[1])).reduce((a, b) => a + b);
  expect(sum).toBeGreaterThan(97);
  expect(sum).toBeLessThan(103);

  await section(page).getByLabel('Network', { exact: true }).selectOption('unet-128');
  await expect(section(page).getByRole('button', { name: 'Time the blocks' })).toBeDisabled();
  await expect(section(page).locator('.time-share')).toHaveCount(0);
});

test('an opened network is drawn from its own configuration, and timed', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, '#diagram=opened');
  await section(page).scrollIntoViewIfNeeded();
  await expect(section(page).getByRole('alert')).toContainText(
    'no model is opened: open one at the end of section two',
  );

  await page.locator('diffusion-shipped').getByRole('button', { name: 'Open this one' }).nth(1).click();
  await expect(page.locator('diffusion-open')).toContainText('MNIST DiT draws now');
  await section(page).scrollIntoViewIfNeeded();
  await expect(section(page).locator('.numbers')).toContainText('1,869,072');
  await expect(block(page, 'blocks.5')).toContainText('32 × 49 × 128');
  await section(page).getByRole('button', { name: 'Time the blocks' }).click();
  await expect(block(page, 'blocks.5')).toContainText(/time [\d.]+ %/);
});
