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

test('a profile names what every kernel of a step and of a pass does, and how fast', async ({
  page,
}, info) => {
  test.skip(info.project.name === 'cpu', 'there are no kernels on the CPU');
  await page.goto('bench.html?preset=tiny&batch=4&steps=1&trajectories=0&device=gpu&profile');
  // Most of it compiles shaders.
  await expect(page.getByRole('status')).toHaveText('Done', { timeout: 150_000 });
  for (const caption of ['One training step', 'One forward pass, of as many images']) {
    const table = page.getByRole('table', { name: caption });
    const cells = async (/** @type {string} */ kernel) => {
      const row = table.getByRole('row').filter({ has: page.getByText(kernel, { exact: true }) });
      return row.getByRole('cell').allTextContents();
    };
    // Launches, milliseconds and share; then GFLOP/s of what arithmetic bounds, or GB/s of what memory bounds.
    const [launches, ms, share, rate] = [/^[1-9]\d*$/, /^\d+\.\d{3}$/, /^\d+\.\d %$/, /^\d+\.\d\d$/].map(
      (pattern) => expect.stringMatching(pattern),
    );
    expect(await cells('ConvKernel')).toEqual(['ConvKernel', launches, ms, share, rate, '']);
    expect(await cells('GroupNormKernel')).toEqual(['GroupNormKernel', launches, ms, share, '', rate]);
    expect(await cells('In all')).toEqual(['In all', launches, ms, '100.0 %', rate, '']);
  }
});
