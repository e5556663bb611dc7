import { drawn, expect, figure, open, TINY, test, trained } from './playground.js';

test('one step is exactly one, and reset goes back to none', async ({ page }, { project }) => {
  let restAskedFor = false;
  page.on('request', (request) => {
    restAskedFor ||= request.url().includes('diffusion_playground_rest.wasm');
  });
  await open(page, `#${TINY}`);
  const oneStep = page.getByRole('button', { name: 'One step' });
  await oneStep.click();
  await expect(page.getByText('Paused after step 1.')).toBeVisible();
  await oneStep.click();
  await expect(page.getByText('Paused after step 2.')).toBeVisible();
  expect(await figure(page, 'Training steps')).toBe(2);

  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(page.getByText('Fresh weights: back at step 0.')).toBeVisible();
  expect(await figure(page, 'Training steps')).toBe(0);
  // The module's second part is for the CPU: with WebGPU nothing of this needs it.
  expect(restAskedFor).toBe(project.name === 'cpu');
});

test('the loss is given by timestep, too', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${TINY}`);
  const bands = page.locator('diffusion-train .bands li');
  await expect(bands).toHaveText([
    't = 1 to 200: –',
    't = 201 to 400: –',
    't = 401 to 600: –',
    't = 601 to 800: –',
    't = 801 to 1000: –',
  ]);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await expect(bands.first()).not.toHaveText(/–$/);
  // The loss of the step is a mean of what its bands have.
  const losses = (await bands.allTextContents()).map((text) => Number(text.split(': ')[1]));
  const known = losses.filter((loss) => !Number.isNaN(loss));
  const loss = await figure(page, 'Last loss');
  expect(Math.min(...known)).toBeLessThanOrEqual(loss);
  expect(Math.max(...known)).toBeGreaterThanOrEqual(loss);
  await expect(page.locator('diffusion-band-chart').getByRole('img')).toHaveAttribute(
    'aria-label',
    /Loss by timestep after 1 training steps, .* for t = 1 to 200,/,
  );
});

test('training lowers the loss and improves the samples, and pause stops it', async ({ page }, {
  project,
}) => {
  // A software adapter takes minutes to compile the shaders of training and of sampling, and seconds for a step.
  test.slow();
  const steps = project.name === 'webgpu' ? 20 : 60;
  await open(page, `#${TINY}&learningRate=0.005`);
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, 1);
  const chart = page.locator('diffusion-loss-chart').getByRole('img');
  await trained(page, steps);
  await drawn(page.locator('diffusion-train .grid diffusion-picture').first());
  await expect(page.getByText(/^after \d+ steps$/)).toBeVisible();

  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText(/^Paused after step \d+\.$/)).toBeVisible();
  const paused = await figure(page, 'Training steps');
  await page.waitForTimeout(1500);
  expect(await figure(page, 'Training steps')).toBe(paused);

  const words = (await chart.getAttribute('aria-label')) ?? '';
  const [, first, last] = words.match(/from ([\d.]+) to ([\d.]+), smoothed/) ?? [];
  expect(Number(last)).toBeLessThan(0.8 * Number(first));
  expect(await figure(page, 'Steps per second')).toBeGreaterThan(0);
});

test('the page answers while it trains', async ({ page }) => {
  await open(page, `#${TINY}`);
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, 2);
  const longest = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let [last, longest, frames] = [performance.now(), 0, 0];
        const frame = () => {
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
          frames += 1;
          if (frames < 60) requestAnimationFrame(frame);
          else resolve(longest);
        };
        requestAnimationFrame(frame);
      }),
  );
  // Two processors that also train: far from a frozen page is what can be asked for.
  expect(longest).toBeLessThan(1000);
});

test('changed settings take a restart', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${TINY}`);
  await page.getByRole('button', { name: 'One step' }).click();
  await expect(page.getByText('Paused after step 1.')).toBeVisible();
  await page.getByLabel('Batch size').fill('4');
  await expect(page.getByText('Settings changed: restart to apply.')).toBeVisible();
  await page.getByRole('button', { name: 'Restart with these' }).click();
  await expect(page.getByText('Settings changed: restart to apply.')).toBeHidden();
  expect(await figure(page, 'Training steps')).toBe(0);
});

test('every network that is offered takes a step and draws', async ({ page }, { project }) => {
  test.skip(
    project.name === 'webgpu',
    'a software adapter compiles the shaders of every network for minutes',
  );
  // A step of the large ones takes seconds on a busy processor.
  test.slow();
  await open(page, '#batchSize=2&steps=1&count=1');
  const network = page.locator('diffusion-train').getByLabel('Network', { exact: true });
  const presets = await network
    .locator('option')
    .evaluateAll((options) => options.map((option) => /** @type {HTMLOptionElement} */ (option).value));
  expect(presets).toContain('unet-cross');
  /** @type {Set<number>} */
  const sizes = new Set();
  for (const [index, preset] of presets.entries()) {
    await network.selectOption(preset);
    if (index) await page.getByRole('button', { name: 'Restart with these' }).click();
    await page.getByRole('button', { name: 'One step' }).click();
    await expect(page.getByText('Paused after step 1.')).toBeVisible();
    expect(await figure(page, 'Last loss')).toBeGreaterThan(0);
    sizes.add(await figure(page, 'Weights'));
    await page.getByRole('button', { name: 'Sample', exact: true }).click();
    await expect(page.locator('diffusion-sample').getByText(/^Done: 1 model call/)).toBeVisible();
  }
  expect(sizes.size).toBe(presets.length);
});
