import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

test('clothes take the place of digits, and a run remembers what it learned from', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${TINY}&gridEvery=1`);
  const served = await page.request.head('data/fashion-test.pack');
  test.skip(!served.ok(), 'packed on Debian alone');
  const forward = page.locator('diffusion-forward');
  const clean = forward.locator('diffusion-picture.data');
  const digit = await drawn(clean);
  await forward.getByLabel('Data set').selectOption('fashion');
  await forward.getByRole('button', { name: 'Ankle boot' }).click();
  await expect.poll(() => pixels(clean)).not.toBe(digit);
  await expect(forward.locator('diffusion-picture.mix canvas')).toHaveAccessibleName(
    /^Ankle boot with noise/,
  );
  await expect(page).toHaveURL(/dataSet=fashion/);

  const train = page.locator('diffusion-train');
  await train.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  const samples = train.getByRole('list', { name: 'Samples' }).getByRole('listitem');
  await expect(train.getByRole('img', { name: 'Sample for Sandal after 1 steps' })).toBeVisible();
  await expect(samples.first()).toHaveText('T-shirt/top');
  const toDraw = page.locator('diffusion-sample').getByLabel(/(Digit|Class) to draw/);
  await expect(toDraw.locator('option:checked')).toHaveText('Dress');
  const estimate = page.locator('diffusion-estimate');
  await estimate.scrollIntoViewIfNeeded();
  await expect(estimate.locator('.reading')).toContainText('After 1 training step');
  await expect(estimate.locator('.reading')).not.toContainText('It learned from');

  // Another data set is looked at; the run and its names stay until it begins anew.
  await forward.getByLabel('Data set').selectOption('mnist');
  await expect.poll(() => pixels(clean)).not.toBe('');
  await expect(forward.getByRole('button', { name: 'Digit 3' })).toBeVisible();
  await expect(estimate.locator('.reading')).toContainText('It learned from Fashion-MNIST');
  await expect(train.getByText('Settings changed: restart to apply.')).toBeVisible();
  await expect(samples.first()).toHaveText('T-shirt/top');
  await train.getByRole('button', { name: 'One step' }).click();
  await trained(page, 2);
  await train.getByRole('button', { name: 'Restart with these' }).click();
  await expect(page.getByText('Fresh weights: back at step 0.')).toBeVisible();
  await expect(toDraw.locator('option:checked')).toHaveText('3');
  await expect(estimate.locator('.reading')).not.toContainText('It learned from');
});

test('a checkpoint knows the names of its classes, and goes on with its own data set', async ({
  page,
}, info) => {
  test.skip(info.project.name === 'webgpu', 'the same on every device');
  await open(page, `#${TINY}&dataSet=fashion`);
  test.skip(!(await page.request.head('data/fashion-test.pack')).ok(), 'packed on Debian alone');
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a checkpoint' }).click();
  const file = info.outputPath('fashion.safetensors');
  await (await download).saveAs(file);

  await page.goto('about:blank');
  await open(page);
  const forward = page.locator('diffusion-forward');
  await expect(forward.getByRole('button', { name: 'Digit 3' })).toBeEnabled();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open files' }).click();
  await (await chooser).setFiles(file);
  const toDraw = page.locator('diffusion-sample').getByLabel('Class to draw');
  await expect(toDraw.locator('option:checked')).toHaveText('Dress');
  await page.getByRole('button', { name: 'Go on training it' }).click();
  await expect(forward.getByRole('button', { name: 'Ankle boot' })).toBeEnabled();
  await expect(page.getByText('Paused after step 1.')).toBeVisible();
  await expect(page.getByText('Settings changed: restart to apply.')).toBeHidden();
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 2);
});

test.describe('a data set that is not served', () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  test('gives a sentence at its choice, and the digits stay', async ({ page }, { project }) => {
    test.skip(project.name === 'webgpu', 'the same on every device');
    await page.route('**/fashion-*.pack', (route) => route.fulfill({ status: 404, body: 'not here' }));
    await open(page);
    const forward = page.locator('diffusion-forward');
    const clean = forward.locator('diffusion-picture.data');
    const digit = await drawn(clean);
    await forward.getByLabel('Data set').selectOption('fashion');
    await expect(forward.locator('diffusion-control', { hasText: 'Data set' })).toContainText(
      /Fashion-MNIST is not to be had here: the server answered 404 .* MNIST stays\./,
    );
    expect(await pixels(clean)).toBe(digit);
    await forward.getByLabel('Data set').selectOption('mnist');
    await expect(forward.getByText('is not to be had here')).toBeHidden();
    await expect(forward.getByRole('alert').filter({ hasText: 'did not arrive' })).toBeHidden();
  });
});
