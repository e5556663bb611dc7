import { drawn, expect, figure, open, pixels, TINY, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const ON_THE_CPU = 'the same on every device, and a software adapter takes long over it';
const SHORT = 'steps=3&count=1&compareSteps=3&guidanceSteps=1&boundImages=1&boundTimesteps=3';

for (const prediction of ['sample', 'v', 'flow']) {
  test(`all sections draw with a network that predicts ${prediction}`, async ({ page }, { project }) => {
    test.skip(project.name === 'webgpu', ON_THE_CPU);
    test.slow();
    await open(page, `#${TINY}&prediction=${prediction}&${SHORT}&batchSize=1`);
    const slow = page.locator('diffusion-slow-motion');
    await slow.getByRole('button', { name: 'Take a step' }).click();
    await expect(slow.getByText(/^Step 1\. Of the/)).toBeVisible();
    await slow.getByRole('button', { name: '4 Loss' }).click();
    // A batch of one: the error that is shown is the loss.
    const loss = (await figure(page, 'Last loss')).toFixed(4);
    await expect(slow.locator('.formula')).toContainText(loss);
    await slow.getByRole('button', { name: '5 Update' }).click();
    const pictures = slow.locator('.pictures diffusion-picture');
    await expect(pictures).toHaveCount(prediction === 'sample' ? 7 : 8);
    for (const picture of await pictures.all()) await drawn(picture);

    // The picture is the mix that the formula says.
    await slow.getByRole('button', { name: '2 Noise' }).click();
    const weights = ((await slow.locator('.formula math').textContent()) ?? '').match(/0\.\d{4}/g) ?? [];
    const [signal, noise] = weights.map(Number);
    if (prediction === 'flow') expect(signal + noise).toBeCloseTo(1, 3);
    else expect(signal ** 2 + noise ** 2).toBeCloseTo(1, 3);

    const estimate = page.locator('diffusion-estimate');
    await estimate.scrollIntoViewIfNeeded();
    await expect(estimate.locator('.reading')).toContainText('After 1 training step, at t = 250');

    for (const [section, name] of [
      ['diffusion-sample', 'Sample'],
      ['diffusion-compare', 'Compare'],
      ['diffusion-guidance', 'Draw the grid'],
    ]) {
      const place = page.locator(section);
      await place.getByRole('button', { name, exact: true }).click();
      await expect(place.getByText(/^Done: /)).toBeVisible();
      await expect(place.getByRole('alert').filter({ hasText: /\S/ })).toHaveCount(0);
      // Neither all white nor all black: no number was lost on the way.
      const shown = await place.locator('diffusion-picture').evaluateAll((elements) =>
        elements.map((element) => {
          const canvas = /** @type {HTMLCanvasElement} */ (element.shadowRoot?.querySelector('canvas'));
          const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')).getImageData(
            0,
            0,
            28,
            28,
          );
          return new Set(data.filter((_, byte) => byte % 4 === 0)).size;
        }),
      );
      expect(Math.min(...shown), section).toBeGreaterThan(1);
    }
    const objective = page.locator('diffusion-objective');
    await objective.getByRole('button', { name: 'Measure' }).click();
    if (prediction === 'flow') {
      await expect(objective.getByRole('alert').filter({ hasText: 'a flow has none' })).toBeVisible();
    } else {
      await expect(objective.getByText(/^Done: /)).toBeVisible();
    }
  });
}

test('another prediction takes a restart, other weights do not', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', ON_THE_CPU);
  await open(page, `#${TINY}&${SHORT}&learningRate=0.01`);
  const train = page.locator('diffusion-train');
  for (const step of [1, 2]) {
    await page.getByRole('button', { name: 'One step' }).click();
    await expect(page.getByText(`Paused after step ${step}.`)).toBeVisible();
  }
  const sample = page.locator('diffusion-sample');
  const draw = async () => {
    await sample.getByRole('button', { name: 'Sample', exact: true }).click();
    await expect(sample.getByText(/^Done: /)).toBeVisible();
    return await pixels(sample.locator('.stage diffusion-picture.mix'));
  };
  const average = await draw();
  await train.getByLabel('Weights to draw with').selectOption('raw');
  expect(await draw()).not.toBe(average);
  await expect(page.getByText('Settings changed: restart to apply.')).toBeHidden();
  await train.getByLabel('Weights to draw with').selectOption('ema');
  expect(await draw()).toBe(average);

  await train.getByLabel('The network predicts').selectOption('v');
  await expect(page.getByText('Settings changed: restart to apply.')).toBeVisible();
  await page.getByRole('button', { name: 'Restart with these' }).click();
  await expect(page.getByText('Settings changed: restart to apply.')).toBeHidden();
  await expect(train.locator('.formula')).toContainText('v');
});
