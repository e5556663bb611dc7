import { drawn, expect, open, test } from './playground.js';

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

test('a narrow screen never scrolls sideways', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  for (const summary of await page.locator('summary').all()) await summary.click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('nothing moves while the page fills', async ({ page }) => {
  await page.addInitScript(() => {
    const shifts = { sum: 0 };
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.sum += /** @type {any} */ (entry).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await open(page);
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  await page.waitForTimeout(1000);
  expect(await page.evaluate(() => /** @type {any} */ (globalThis).shifts.sum)).toBeLessThan(0.05);
});

test('every control has a name, and room for a finger', async ({ page }) => {
  await open(page);
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  const controls = page.locator('button, select, input:not([hidden]), summary');
  for (const control of await controls.all()) {
    await expect(control).toHaveAccessibleName(/\S/);
    const box = await control.boundingBox();
    const target =
      (await control.getAttribute('type')) === 'checkbox' ? await control.locator('..').boundingBox() : box;
    expect(target?.height, await control.evaluate((element) => element.outerHTML)).toBeGreaterThanOrEqual(44);
  }
});

test('everything can be reached from the keyboard', async ({ page }) => {
  await open(page);
  await page.getByRole('slider', { name: 'Timestep t' }).focus();
  await page.keyboard.press('Tab');
  await expect(page.locator('diffusion-forward').getByLabel('Noise schedule')).toBeFocused();
});
