import { expect, open, test } from './playground.js';

test('the page says what it runs on, and why', async ({ page }, { project }) => {
  await open(page);
  const device = page.locator('diffusion-device');
  if (project.name === 'webgpu') await expect(device).toContainText('Running on WebGPU');
  else await expect(device).toContainText(/Running on the CPU, because .+\./);
});

test('a software adapter is not chosen by itself', async ({ page }, { project }) => {
  test.skip(project.name !== 'webgpu', 'there is no adapter at all');
  await open(page, '?');
  await expect(page.locator('diffusion-device')).toContainText(
    /Running on the CPU, because the graphics adapter, .+, is a program on the CPU\./,
  );
});

test('the address can ask for the CPU', async ({ page }) => {
  await open(page, '?device=cpu');
  await expect(page.locator('diffusion-device')).toContainText(
    'Running on the CPU, because the CPU was asked for.',
  );
});
