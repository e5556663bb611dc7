import { expect, test } from './playground.js';

test('the benchmark runs to its end, and the module ran its constructors once', async ({ page }) => {
  await page.goto('bench.html?preset=tiny&batch=4&steps=3&device=cpu');
  await expect(page.getByRole('status')).toHaveText('Done');
  const result = JSON.parse((await page.locator('#result').textContent()) ?? '');
  expect(result).toMatchObject({ backend: 'cpu', preset: 'tiny', constructorRuns: 1 });
  // The module reports steps as it takes them, several at a time where they are quick.
  expect(result.steps).toBeGreaterThanOrEqual(3);
  expect(result.heapBytes).toBeGreaterThan(0);
  const onTheCpu = { when: 'after sampling', inUse: 0, reserved: 0 };
  expect(result.memory.at(-1)).toMatchObject(onTheCpu);
});
