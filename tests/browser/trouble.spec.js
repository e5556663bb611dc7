import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

test.describe('bad values', () => {
  test('in the address: a sentence, and the default', async ({ page }) => {
    await open(page, '#t=1001&schedule=steep&colour=red&batchSize=lots');
    const notes = page.locator('diffusion-device .complaint');
    await expect(notes).toHaveText([
      /t to “1001”, but it must be a whole number from 0 to 1,000; 250 is used instead/,
      /schedule to “steep”, but it must be one of linear, scaledLinear, cosine, sigmoid; linear is used/,
      /“colour”, which this page does not know/,
      /batchSize to “lots”, but it must be a whole number from 1 to 512; 64 is used instead/,
    ]);
    await expect(page.getByRole('slider', { name: 'Timestep t' })).toHaveValue('250');
    await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  });

  test('in an input: a sentence at the input, and the last valid value stays', async ({ page }) => {
    await open(page, '#batchSize=16');
    const batch = page.getByLabel('Batch size');
    await batch.fill('100000');
    await expect(
      page.getByText('This must be a whole number from 1 to 512. Until then 16 stays in force.'),
    ).toBeVisible();
    await expect(batch).toHaveAttribute('aria-invalid', 'true');
    await expect(page).toHaveURL(/[#&]batchSize=16$/);
    await batch.fill('32');
    await expect(batch).toHaveAttribute('aria-invalid', 'false');
    await expect(page).toHaveURL(/[#&]batchSize=32$/);
  });
});

test.describe('data', () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  test('that is cut off gives a sentence, and can be fetched again', async ({ page }) => {
    const whole = await page.request.get('data/mnist-test.pack');
    const bytes = await whole.body();
    await page.route('**/mnist-test.pack', (route) => route.fulfill({ body: bytes.subarray(0, 5000) }));
    await open(page);
    const section = page.locator('diffusion-forward');
    await expect(
      section.getByRole('alert').filter({ hasText: 'The test images did not arrive' }),
    ).toBeVisible();
    await page.unroute('**/mnist-test.pack');
    await section.getByRole('button', { name: 'Try again' }).click();
    await drawn(section.locator('diffusion-picture.mix'));
  });

  test('that is something else gives a sentence, and the rest goes on', async ({ page }) => {
    await page.route('**/mnist-train.pack', (route) =>
      route.fulfill({ body: '<html>Sign in to this network</html>' }),
    );
    await open(page, `#${TINY}`);
    await page.getByRole('button', { name: 'Start training' }).click();
    const section = page.locator('diffusion-train');
    await expect(section.getByText('The training images did not arrive')).toBeVisible();
    await expect(section.getByRole('button', { name: 'Start training' })).toBeEnabled();
    const noisy = page.locator('diffusion-forward diffusion-picture.mix');
    const before = await drawn(noisy);
    await page.getByRole('slider', { name: 'Timestep t' }).fill('900');
    await expect.poll(() => pixels(noisy)).not.toBe(before);
  });

  test('that does not come gives a sentence, and training starts after another try', async ({ page }, {
    project,
  }) => {
    test.skip(project.name === 'webgpu', 'the same on every device');
    await page.route('**/mnist-train.pack', (route) => route.abort());
    await open(page, `#${TINY}`);
    const section = page.locator('diffusion-train');
    await section.getByRole('button', { name: 'Start training' }).click();
    await expect(section.getByText('The training images did not arrive')).toBeVisible();
    await page.unroute('**/mnist-train.pack');
    await section.getByRole('button', { name: 'Try again' }).click();
    await expect(section.getByText('The training images did not arrive')).toBeHidden();
    await section.getByRole('button', { name: 'Start training' }).click();
    await trained(page, 1);
  });
});

test.describe('the worker', () => {
  test.use({ expectedErrors: /Failed to load resource|wasm/i });

  test('without its module gives a sentence, and can be restarted', async ({ page }) => {
    await page.route('**/*.wasm', (route) => route.fulfill({ status: 404, body: 'not here' }));
    await page.goto('#model=none');
    const forward = page.locator('diffusion-forward');
    await expect(forward.getByText('The program stopped')).toBeVisible();
    await page.unroute('**/*.wasm');
    await forward.getByRole('button', { name: 'Restart' }).click();
    await drawn(forward.locator('diffusion-picture.mix'));
  });
});

test.describe('the device', () => {
  test.use({ expectedErrors: /the wgpu device was lost/ });

  test('that is lost gives a sentence, and a restart works', async ({ page }, { project }) => {
    test.skip(project.name === 'cpu', 'a processor is not lost');
    await open(page, `#${TINY}`);
    await page.getByRole('button', { name: 'One step' }).click();
    await trained(page, 1);
    await page.workers()[0].evaluate(() => {
      self.dispatchEvent(new MessageEvent('message', { data: { type: 'loseDevice' } }));
    });
    const section = page.locator('diffusion-train');
    await expect(section.getByText('The graphics device was lost')).toBeVisible();
    await section.getByRole('button', { name: 'Restart', exact: true }).click();
    await expect(section.getByText('The graphics device was lost')).toBeHidden();
    await section.getByRole('button', { name: 'One step' }).click();
    await trained(page, 1);
  });
});
