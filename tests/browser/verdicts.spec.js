import { expect, open, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const ON_THE_CPU = 'a software adapter compiles the shaders of guided steps for minutes';
const CLASSIFIER = '**/classifier.safetensors*';

const section = (/** @type {Page} */ page) => page.locator('diffusion-guidance');
const share = (/** @type {Page} */ page) => section(page).locator('.share');

/** @param {Page} page */
async function draw(page) {
  await section(page).getByRole('button', { name: 'Draw the grid' }).click();
  await expect(section(page).getByText(/^Done: /)).toBeVisible();
}

/** @param {Page} page */
async function openWithNetwork(page) {
  await open(page, '#model=mnist-dit&guidanceSteps=5');
  await expect(page.locator('diffusion-open')).toContainText('MNIST DiT draws now');
}

test('a classifier reads every picture, and each is held against the training images', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  /** @type {string[]} */
  const asked = [];
  page.on('request', (request) => request.url().includes('classifier') && asked.push(request.url()));
  await openWithNetwork(page);
  expect(asked).toEqual([]);
  await draw(page);
  await expect(share(page)).toHaveText(Array(4).fill(/read as asked: \d+ of 10, /));
  for (const [row, text] of (await share(page).allTextContents()).entries()) {
    const right = Number(/: (\d+) of/.exec(text)?.[1]);
    const marks = section(page)
      .getByRole('listitem')
      .nth(row + 1)
      .locator('.verdict b');
    await expect(marks).toHaveCount(10);
    const shown = await marks.allTextContents();
    expect(shown.filter((mark) => mark.startsWith('✓'))).toHaveLength(right);
    for (const [digit, mark] of shown.entries()) expect(mark.startsWith('✓')).toBe(mark.endsWith(`${digit}`));
    // A trained network that is guided draws what it is asked for.
    if (row === 1) expect(right).toBeGreaterThanOrEqual(7);
  }
  await section(page).getByLabel('Seed').fill('5');
  await draw(page);
  await expect(share(page)).toHaveText(Array(4).fill(/ of 20, /));

  await section(page).getByRole('button', { name: 'Look for copies' }).click();
  await expect(section(page)).toContainText('from 100 real digits', { timeout: 120_000 });
  const cell = section(page).getByRole('listitem').nth(2).locator('.pictures > div').nth(4);
  const distance = await cell.evaluate((element) => {
    const [drawn, nearest] = [...element.querySelectorAll('diffusion-picture')].map((picture) => {
      const canvas = /** @type {HTMLCanvasElement} */ (picture.shadowRoot?.querySelector('canvas'));
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
      return context.getImageData(0, 0, canvas.width, canvas.height).data.filter((_, at) => at % 4 === 0);
    });
    return Math.sqrt(drawn.reduce((sum, value, at) => sum + ((value - nearest[at]) / 127.5) ** 2, 0));
  });
  expect(distance).toBeGreaterThan(1);
  await expect(cell.locator('b.data')).toHaveText(distance.toFixed(1));

  await section(page).getByRole('checkbox', { name: 'Have every picture read' }).uncheck();
  await expect(section(page).locator('.verdict b')).toHaveCount(40);
  await expect(section(page).locator('.verdict b.data')).toHaveCount(40);
});

test.describe('a classifier that does not arrive', () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  test('gives a sentence, and the pictures are there all the same', async ({ page }, { project }) => {
    test.skip(project.name === 'webgpu', ON_THE_CPU);
    await page.route(CLASSIFIER, (route) => route.fulfill({ status: 404, body: 'not here' }));
    await openWithNetwork(page);
    await draw(page);
    const alert = section(page).getByRole('alert').filter({ hasText: 'The pictures cannot be read' });
    await expect(alert).toContainText('the server answered 404');
    await page.unroute(CLASSIFIER);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(share(page)).toHaveText(Array(4).fill(/ of 10, /));
    await expect(alert).toBeHidden();
  });
});
