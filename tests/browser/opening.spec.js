import { readFileSync } from 'node:fs';
import { properties } from '../../www/properties.js';
import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const WEIGHTS = '**/models/*.safetensors*';
const ON_THE_CPU = 'a software adapter compiles the shaders of guided steps for minutes';
const { models } = JSON.parse(
  readFileSync(new URL('../../www/models/manifest.json', import.meta.url), 'utf8'),
);

const section = (/** @type {Page} */ page) => page.locator('diffusion-opening');
const picture = (/** @type {Page} */ page, index = 0) =>
  section(page).locator('diffusion-picture').nth(index);
const status = (/** @type {Page} */ page) => section(page).locator('.status p');
const card = (/** @type {Page} */ page, /** @type {string} */ label) =>
  page.locator('diffusion-shipped').getByRole('region', { name: label, exact: true });

/** Every trained network that is asked for from now on. @param {Page} page */
function weights(page) {
  /** @type {string[]} */
  const names = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.includes('/models/')) names.push(pathname.split('/').at(-1) ?? '');
  });
  return names;
}

test('the page opens with a trained network, and digits form from noise at once', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  const asked = weights(page);
  const began = performance.now();
  await page.goto('');
  await drawn(picture(page));
  const first = performance.now() - began;
  await expect(status(page)).toContainText(/^Drawn in .+ by the opened network MNIST DiT\.$/);
  const seconds = [first, performance.now() - began].map((ms) => (ms / 1000).toFixed(1));
  test.info().annotations.push({ type: 'noise, all digits', description: `${seconds.join(' s, ')} s` });
  expect(asked).toEqual(['mnist-dit.safetensors']);
  await expect(page.locator('diffusion-sample')).toContainText('Ready: the opened network MNIST DiT draws.');
  await expect(page.locator('diffusion-open')).toContainText('v, a mix of both');

  // The film ends where the slider does.
  const slider = section(page).getByRole('slider', { name: 'From noise to digit' });
  await expect(slider).toHaveValue('10');
  const digits = await Promise.all([0, 1, 9].map((index) => pixels(picture(page, index))));
  expect(new Set(digits).size).toBe(3);
  await slider.fill('0');
  await expect(picture(page).getByRole('img', { name: 'Digit 0: pure noise' })).toBeVisible();
  expect(await pixels(picture(page))).not.toBe(digits[0]);

  // Without the network's server it comes from the browser's cache.
  await page.route(WEIGHTS, (route) => route.abort());
  await page.reload();
  await expect(status(page)).toContainText('Drawn in');
  await expect(slider).toHaveValue('10');
  expect(await pixels(picture(page))).toBe(digits[0]);

  await section(page).getByLabel('Digit', { exact: true }).selectOption('7');
  await expect(picture(page, 9).getByRole('img', { name: 'Digit 7: done' })).toBeVisible();
  await section(page).getByRole('button', { name: 'Draw others' }).click();
  await expect(page).toHaveURL(/openingDigit=7&openingSeed=\d+/);
});

test('whoever asks for no network downloads none, and can choose one by its card', async ({ page }, {
  project,
}) => {
  const asked = weights(page);
  let rest = 0;
  page.on('request', (request) => {
    if (request.url().endsWith('_rest.wasm')) rest++;
  });
  await open(page, '#guidanceVerdicts=no');
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  await expect(status(page)).toHaveText('Nothing can draw here yet.');
  await expect(section(page).getByRole('button', { name: 'Draw others' })).toBeDisabled();
  expect(asked).toEqual([]);

  const names = models.map((/** @type {{ name: string }} */ { name }) => name);
  expect(properties.model.choices).toEqual([...names, 'none']);
  for (const { label, dataSet, licence, figures } of models) {
    await expect(card(page, label)).toContainText(dataSet);
    await expect(card(page, label)).toContainText(licence);
    await card(page, label).locator('summary').click();
    await expect(card(page, label).getByRole('row')).toHaveCount(figures.length + 1);
  }
  await card(page, 'MNIST U-Net').getByRole('button', { name: 'Open this one' }).click();
  await expect(card(page, 'MNIST U-Net').getByRole('button', { name: 'It draws now' })).toBeDisabled();
  await expect(page.locator('diffusion-open')).toContainText('MNIST U-Net draws now');
  await expect(page).toHaveURL(/model=mnist-unet/);
  expect(asked).toEqual(['mnist-unet.safetensors']);
  expect(rest, 'WebGPU opens it with the module’s first part').toBe(project.name === 'webgpu' ? 0 : 1);
});

test('a network draws on the page what is recorded of it', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  for (const name of ['mnist-dit-latent', 'mnist-dit-learned-sigma']) {
    const { label, sample } = models.find((/** @type {{ name: string }} */ model) => model.name === name);
    const { sampler, steps, guidanceScale, seed, count } = sample;
    const asked = { model: name, class: 0, sampler, steps, guidanceScale, sampleSeed: seed, count };
    await page.goto('about:blank');
    await open(
      page,
      `#${new URLSearchParams(Object.entries(asked).map(([key, value]) => [key, `${value}`]))}`,
    );
    await expect(page.locator('diffusion-open')).toContainText(`${label} draws now`);
    const sampling = page.locator('diffusion-sample');
    await sampling.getByRole('button', { name: 'Sample', exact: true }).click();
    await expect(sampling.getByText(/^Done: /)).toBeVisible();
    const canvas = sampling.locator('.stage diffusion-picture.mix canvas');
    const recorded = readFileSync(new URL(`../../www/models/${name}.png`, import.meta.url), 'base64');
    const furthest = await canvas.evaluate(async (element, base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const grey = (/** @type {CanvasImageSource} */ source) => {
        const context = new OffscreenCanvas(28, 28).getContext('2d');
        context?.drawImage(source, 0, 0, 28, 28);
        return Array.from(context?.getImageData(0, 0, 28, 28).data ?? []).filter(
          (_, index) => index % 4 === 0,
        );
      };
      const expected = grey(image);
      const differences = grey(/** @type {HTMLCanvasElement} */ (element)).map((level, index) =>
        Math.abs(level - expected[index]),
      );
      return Math.max(...differences);
    }, recorded);
    expect(furthest).toBeLessThanOrEqual(4);
  }
});

test('a run that is begun meanwhile keeps its place', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  let arrive = () => {};
  const held = new Promise((resolve) => {
    arrive = () => resolve(undefined);
  });
  await page.route(WEIGHTS, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await open(page, `#model=mnist-dit&${TINY}`);
  await expect(status(page)).toContainText('Fetching a trained network');
  await section(page).getByRole('button', { name: 'Train one yourself' }).click();
  await expect(page.locator('diffusion-train').getByRole('button', { name: 'Pause' })).toBeFocused();
  arrive();
  await trained(page, 1);
  await page.locator('diffusion-train').getByRole('button', { name: 'Pause' }).click();
  await expect(page.locator('diffusion-sample')).toContainText('Ready: the network has learned for');
  await expect(page.locator('diffusion-open').getByRole('region', { name: 'What was opened' })).toBeHidden();
  await expect(section(page).locator('.box')).toHaveCount(0);
});

test.describe('a trained network that does not arrive', () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  test('gives a sentence, and the page works without it', async ({ page }, { project }) => {
    test.skip(project.name === 'webgpu', 'the same on every device');
    await page.route(WEIGHTS, (route) => route.fulfill({ status: 404, body: 'not here' }));
    await open(page, `#model=mnist-dit&${TINY}`);
    const alert = section(page).getByRole('alert').filter({ hasText: 'The trained network did not arrive' });
    await expect(alert).toContainText('the server answered 404');
    // What is shown instead says what it is, and goes away once this machine has drawn something.
    await expect(section(page).getByText('Recording', { exact: true })).toBeVisible();
    await expect(picture(page, 9).getByRole('img', { name: 'Digit 9: done' })).toBeVisible();
    const recorded = await drawn(picture(page));
    await section(page).getByRole('slider', { name: 'From noise to digit' }).fill('0');
    await expect.poll(() => pixels(picture(page))).not.toBe(recorded);
    await page.getByRole('button', { name: 'One step' }).click();
    await trained(page, 1);
    await page.unroute(WEIGHTS);
    // Something else than a network is refused, and not kept.
    await page.route(WEIGHTS, (route) => route.fulfill({ body: '<html>Sign in to this network</html>' }));
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(alert).not.toContainText('404');
    await page.unroute(WEIGHTS);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('diffusion-open')).toContainText('MNIST DiT draws now');
    await expect(alert).toBeHidden();
    await expect(section(page).getByText('Recording', { exact: true })).toBeHidden();
  });
});

test('the network of the last visit stays, and draws where the page’s own does not arrive', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${TINY}`);
  const kept = page.locator('diffusion-last-run');
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, 50);
  await page.locator('diffusion-train').getByRole('button', { name: 'Pause' }).click();
  await expect
    .poll(() => page.evaluate(async () => (await caches.keys()).some((name) => name.endsWith('last-run'))))
    .toBe(true);
  await expect(kept.getByRole('group')).toHaveCount(0);

  // Nothing but the network is missing, so the console stays free of errors.
  await page.route(WEIGHTS, (route) => route.fulfill({ body: 'Sign in to this network' }));
  await page.goto('about:blank');
  await open(page, `#model=mnist-dit&${TINY}`);
  await expect(status(page)).toContainText('by the opened network Your last network');
  await expect(page.locator('diffusion-open')).toContainText('Go on training it');
  await expect(kept).toContainText(/Tiny U-Net, \d+ steps/);
  await kept.getByRole('button', { name: 'Forget it' }).click();
  await expect(kept.getByRole('group')).toHaveCount(0);
  expect(
    await page.evaluate(async () => (await caches.keys()).some((name) => name.endsWith('last-run'))),
  ).toBe(false);
});
