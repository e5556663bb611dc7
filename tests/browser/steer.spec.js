import { post } from './hosts.js';
import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Locator} Locator */

const ON_THE_CPU = 'a software adapter compiles the shaders of guided steps for minutes';

/** @param {Page} page */
const section = (page) => page.locator('diffusion-steer');

/** The picture with this label. @param {Page} page @param {string} label */
const picture = (page, label) =>
  section(page)
    .locator('.strips diffusion-picture')
    .filter({ has: page.getByRole('img', { name: label, exact: true }) });

/** @param {Page} page @param {string} label */
const shown = (page, label) => drawn(picture(page, label));

/** With a network that has taken one step. @param {Page} page @param {string} settings */
async function trainedOnce(page, settings) {
  await open(page, `#${TINY}&${settings}`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await section(page).scrollIntoViewIfNeeded();
}

/** @param {Page} page @param {string} button @param {number} calls of the network, all in all */
async function steer(page, button, calls) {
  await section(page).getByRole('button', { name: button, exact: true }).click();
  await expect(section(page).getByText(/^Done: /)).toContainText(`Done: ${calls} model calls`);
}

/** Grey values of a picture, row by row. @param {Locator} picture */
const greys = (picture) =>
  picture.locator('canvas').evaluate((element) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return [...data].filter((_, index) => index % 4 === 0);
  });

/** @param {Page} page @param {[number, number][]} points shares of the pad's sides */
async function stroke(page, points) {
  const canvas = section(page).locator('diffusion-drawing-pad canvas').first();
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (!box) throw new Error('the pad is not on the page');
  const at = (/** @type {[number, number]} */ [x, y]) =>
    /** @type {const} */ ([box.x + x * box.width, box.y + y * box.height]);
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points) await page.mouse.move(...at(point), { steps: 4 });
  await page.mouse.up();
}

test('without a network the section says so, and shows each way in turn', async ({ page }) => {
  await open(page);
  await expect(section(page).getByText('This takes a network.')).toBeVisible();
  const button = (/** @type {string} */ name) => section(page).getByRole('button', { name, exact: true });
  await expect(button('Draw the way')).toBeDisabled();
  for (const [way, name, start] of [
    ['invert', 'To noise and back', 'There and back'],
    ['edit', 'From a picture', 'Draw from it'],
    ['inpaint', 'Around a hole', 'Fill the hole'],
    ['variance', 'By chance', 'Try them'],
  ]) {
    await button(name).focus();
    await page.keyboard.press('Enter');
    await expect(button(name)).toHaveAttribute('aria-pressed', 'true');
    await expect(button(start)).toBeDisabled();
    await expect(page).toHaveURL(new RegExp(`steer=${way}`));
  }
});

test('the arc keeps the length of the noise, the straight line does not', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await trainedOnce(page, 'steerSteps=2');
  await steer(page, 'Draw the way', 2);
  const lengths = await section(page).locator('.way .caption').allTextContents();
  const [arc, line] = [lengths.slice(0, 9).map(Number), lengths.slice(9).map(Number)];
  for (const length of arc) expect(length).toBeCloseTo(1, 1);
  expect(line[4]).toBeGreaterThan(0.65);
  expect(line[4]).toBeLessThan(0.77);
  // Both lead from the one noise to the other.
  for (const place of [0, 1]) {
    expect(await shown(page, `The arc, position ${place}`)).toBe(
      await shown(page, `The straight line, position ${place}`),
    );
  }
  expect(await shown(page, 'The arc, position 0.5')).not.toBe(await shown(page, 'The arc, position 0'));

  const middle = await shown(page, 'The arc: the noise at position 0.5');
  await section(page).getByRole('slider', { name: 'Position' }).press('Home');
  expect(await shown(page, 'The arc: the noise at position 0')).not.toBe(middle);
  await expect(section(page).locator('.formula')).toContainText('1.000');
});

test('a digit goes to noise and comes back, and its noise is told each digit', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await trainedOnce(page, 'steer=invert&steerSteps=4');
  // 1, 2 and 4 steps there and back, and 4 for the ten digits.
  await steer(page, 'There and back', 18);
  await expect(section(page).locator('.trip')).toHaveCount(3);
  const figures = await section(page).locator('.trip dd:not(.ideal)').allTextContents();
  expect(figures).toHaveLength(12);
  for (const figure of figures) expect(figure).toMatch(/^−?\d+\.\d{3}$/);
  await shown(page, 'The noise it becomes in 4 steps');
  await shown(page, 'What comes back in 4 steps');
  await shown(page, 'The same noise, told to be 9');
  await expect(section(page).locator('.formula')).toContainText(`with 4 steps, ${figures[11]}`);
});

test('a drawing is centred, and pictures are drawn from it', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await trainedOnce(page, 'steer=edit&steerSteps=10&steerStrength=500');
  await section(page).getByLabel('Picture', { exact: true }).selectOption('drawn');
  await expect(section(page).getByText('Draw something first.')).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Draw from it' })).toBeDisabled();

  await stroke(page, [
    [0.1, 0.1],
    [0.2, 0.1],
    [0.15, 0.4],
  ]);
  const taken = section(page).locator('.taken diffusion-picture');
  const seven = await drawn(taken);
  // Drawn small and in a corner, it fills 20 of 28 pixels.
  const values = await greys(taken);
  const rows = [...values.keys()].filter((index) => values[index] > 0).map((index) => Math.floor(index / 28));
  expect(Math.max(...rows) - Math.min(...rows) + 1).toBe(20);
  await stroke(page, [
    [0.1, 0.25],
    [0.25, 0.25],
  ]);
  await expect.poll(() => pixels(taken)).not.toBe(seven);
  await section(page).getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => pixels(taken)).toBe(seven);

  // Half of the steps are left.
  await steer(page, 'Draw from it', 5);
  expect(await shown(page, 'The picture with noise, number 1')).not.toBe(
    await shown(page, 'The picture with noise, number 2'),
  );
  await shown(page, 'What becomes of it, number 5');
  await section(page).getByRole('button', { name: 'Clear' }).click();
  await expect(section(page).getByText('Draw something first.')).toBeVisible();
});

test('around a hole everything stays as it was', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await trainedOnce(page, 'steer=inpaint&steerSteps=4&steerResamplings=2&steerHole=bottom');
  // Jumps back by one step each: the last three steps are gone twice.
  await steer(page, 'Fill the hole', 7);
  const original = await greys(section(page).locator('diffusion-digit-picker diffusion-picture').nth(7));
  const filled = await greys(picture(page, 'Filled in, number 1'));
  expect(filled.slice(0, 14 * 28)).toEqual(original.slice(0, 14 * 28));
  expect(filled.slice(14 * 28)).not.toEqual(original.slice(14 * 28));

  await stroke(page, [
    [0.5, 0.3],
    [0.5, 0.5],
  ]);
  await expect(section(page).getByLabel('Hole', { exact: true })).toHaveValue('painted');
  await expect(section(page).getByRole('button', { name: 'Fill the hole' })).toBeEnabled();
  await section(page).getByRole('button', { name: 'Clear' }).click();
  await expect(section(page).getByText('Paint over what is to be filled in.').first()).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Fill the hole' })).toBeDisabled();
});

test('without fresh noise all tries are the same, with it they differ', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await trainedOnce(page, 'steer=variance&steerSteps=3&steerCount=3');
  await steer(page, 'Try them', 6);
  expect(await shown(page, 'Try 1 with η = 0')).toBe(await shown(page, 'Try 3 with η = 0'));
  expect(await shown(page, 'Try 1 with η = 1')).not.toBe(await shown(page, 'Try 3 with η = 1'));
  await expect(section(page).locator('.formula')).toContainText(/η = 0: 0\.000, η = 1: 0\.[1-9]/);
  await shown(page, 'The mean with η = 1');
});

test('it is stopped, and what goes wrong is said in the section', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await trainedOnce(page, 'steer=variance&steerSteps=1000');
  await section(page).getByRole('button', { name: 'Try them' }).click();
  await expect(section(page).getByText(/^Drawing/)).toBeVisible();
  await section(page).getByRole('button', { name: 'Stop' }).click();
  await expect(section(page).getByText(/^Stopped: /)).toBeVisible();
  await page.workers()[0].evaluate(() => {
    const steer = { kind: 'edit', image: new Uint8Array(5), t: 10 };
    self.dispatchEvent(
      new MessageEvent('message', { data: { type: 'steer', steer, config: { steps: 5, count: 1 } } }),
    );
  });
  await expect(section(page).getByRole('alert')).toContainText(
    'image is one of 5 values, but must be one of 1 x 28 x 28',
  );
  await section(page).getByRole('button', { name: 'Dismiss' }).click();
  await expect(section(page).getByRole('button', { name: 'Try them' })).toBeEnabled();
});

test('it can be embedded, with a way and settings of its own', async ({ page, baseURL }) => {
  const script = `<script type="module" src="${new URL('playground.js', baseURL)}"></script>`;
  const view =
    '<diffusion-playground view="steer" steer="inpaint" steer-hole="left" start="load"></diffusion-playground>';
  await page.route('**/post.html', (route) =>
    route.fulfill({ contentType: 'text/html', body: post(view, script) }),
  );
  await page.goto('post.html');
  const element = page.locator('diffusion-playground');
  await expect(element.getByLabel('Hole', { exact: true })).toHaveValue('left');
  await expect(element.getByRole('button', { name: 'Around a hole' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});
