import { drawn, expect, open, pixels, TINY, test, trained } from './playground.js';

const SHORT = `${TINY}&steps=6&count=2`;

/** @param {import('@playwright/test').Page} page */
async function trainAndSample(page) {
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await page.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect(page.getByText(/^Done: /)).toBeVisible();
}

test('without a network there is nothing to sample, and the page says so', async ({ page }) => {
  await open(page);
  await expect(page.getByText('There is no network yet.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sample', exact: true })).toBeDisabled();
});

test('sampling fills the pictures, and the scrubber goes back through them', async ({ page }) => {
  await open(page, `#${SHORT}`);
  await trainAndSample(page);
  await expect(page.getByText('6 model calls')).toBeVisible();

  const section = page.locator('diffusion-sample');
  const [noisy, noise, clean] = ['.mix', '.model >> nth=0', '.model >> nth=1'].map((name) =>
    section.locator(`.stage diffusion-picture${name}`),
  );
  const end = await drawn(noisy);
  for (const picture of [noise, clean, section.locator('.gallery diffusion-picture').nth(1)])
    await drawn(picture);

  const scrubber = section.getByRole('slider', { name: 'Back and forth' });
  await expect(scrubber).toHaveValue('6');
  await scrubber.press('Home');
  await expect(scrubber).toHaveAttribute('aria-valuetext', /^step 1 of 6/);
  await expect.poll(() => pixels(noisy)).not.toBe(end);
  await scrubber.press('ArrowRight');
  await expect(scrubber).toHaveAttribute('aria-valuetext', /^step 2 of 6/);
  await scrubber.press('End');
  await expect.poll(() => pixels(noisy)).toBe(end);

  await section.getByRole('button', { name: 'Look at picture 2' }).click();
  await expect.poll(() => pixels(noisy)).not.toBe(end);
});

test('the same seed draws the same picture', async ({ page }) => {
  await open(page, `#${SHORT}`);
  await trainAndSample(page);
  const picture = page.locator('diffusion-sample .stage diffusion-picture.mix');
  const first = await drawn(picture);
  await page.locator('diffusion-sample').getByLabel('Seed', { exact: true }).fill('7');
  await page.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect.poll(() => pixels(picture)).not.toBe(first);
  await expect(page.getByText(/^Done: /)).toBeVisible();
  await page.locator('diffusion-sample').getByLabel('Seed', { exact: true }).fill('1');
  await page.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect.poll(() => pixels(picture)).toBe(first);
});

test('from a step in the middle it goes on as before, or with another digit', async ({ page }) => {
  await open(page, `#${SHORT}`);
  await trainAndSample(page);
  const section = page.locator('diffusion-sample');
  const picture = section.locator('.stage diffusion-picture.mix');
  const scrubber = section.getByRole('slider', { name: 'Back and forth' });
  const goOn = section.getByRole('button', { name: 'Continue from here' });
  const single = section.getByRole('button', { name: 'Single step' });
  const end = await drawn(picture);
  await expect(goOn).toBeDisabled();

  await scrubber.fill('3');
  const middle = await pixels(picture);
  await goOn.click();
  await expect(section.getByText('Done: 9 model calls')).toBeVisible();
  expect(await pixels(picture)).toBe(end);

  await scrubber.fill('3');
  await section.getByLabel('Digit to draw').selectOption('8');
  await section.getByLabel('Steps', { exact: true }).fill('4');
  await section.getByLabel('Sampler').selectOption('dpmSolverPp2M');
  await goOn.click();
  await expect(section.getByText(/^Done: 1\d model calls/)).toBeVisible();
  await expect(scrubber).not.toHaveAttribute('max', '6');
  await expect.poll(() => pixels(picture)).not.toBe(end);
  await scrubber.fill('3');
  await expect.poll(() => pixels(picture)).toBe(middle);

  await single.click();
  await expect(section.getByText(/^Stopped: /)).toBeVisible();
  await expect(scrubber).toHaveValue('4');
  await expect(scrubber).toHaveAttribute('aria-valuetext', /^after step 4 of /);
});

test('the way can be gone step by step', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${SHORT}`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  const section = page.locator('diffusion-sample');
  const single = section.getByRole('button', { name: 'Single step' });
  const picture = section.locator('.stage diffusion-picture.mix');
  for (let step = 1; step <= 6; step++) {
    await single.click();
    await expect(section.getByText(`${step === 6 ? 'Done' : 'Stopped'}: ${step} model call`)).toBeVisible();
  }
  const end = await drawn(picture);
  await page.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect(section.getByText('Done: 6 model calls')).toBeVisible();
  await expect.poll(() => pixels(picture)).toBe(end);
});

test('a long way can be stopped', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${TINY}&steps=1000&count=8&sampler=ddpm`);
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  await page.getByRole('button', { name: 'Sample', exact: true }).click();
  const progress = page.locator('diffusion-sample').getByRole('progressbar');
  await expect
    .poll(() => progress.evaluate((bar) => /** @type {HTMLProgressElement} */ (bar).value))
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/^Stopped: /)).toBeVisible();
  await expect(progress).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Sample', exact: true })).toBeEnabled();
});

test('eta is for DDIM alone', async ({ page }) => {
  await open(page);
  const eta = page.getByRole('slider', { name: 'Fresh noise' });
  await expect(eta).toBeEnabled();
  await page.getByLabel('Sampler').selectOption('ddpm');
  await expect(eta).toBeDisabled();
  await expect(page.getByText('Only DDIM has a choice here')).toBeVisible();
});
