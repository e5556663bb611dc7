import { drawn, expect, open, pixels, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const pictures = (page) => {
  const section = page.locator('diffusion-forward');
  return {
    noisy: section.locator('diffusion-picture.mix'),
    clean: section.locator('diffusion-picture.data'),
    noise: section.locator('diffusion-picture.noise'),
    slider: section.getByRole('slider', { name: 'Timestep t' }),
  };
};

test('the slider changes the picture, and the noise stays while t moves', async ({ page }) => {
  await open(page);
  const { noisy, clean, noise, slider } = pictures(page);
  const before = { noisy: await drawn(noisy), clean: await drawn(clean), noise: await drawn(noise) };

  await slider.fill('700');
  await expect.poll(() => pixels(noisy)).not.toBe(before.noisy);
  expect(await pixels(clean)).toBe(before.clean);
  expect(await pixels(noise)).toBe(before.noise);

  await slider.fill('250');
  await expect.poll(() => pixels(noisy)).toBe(before.noisy);

  await slider.fill('0');
  await expect.poll(() => pixels(noisy)).toBe(before.clean);
});

test('arrow keys and the curve choose t', async ({ page }) => {
  await open(page);
  const { slider } = pictures(page);
  await slider.press('ArrowRight');
  await expect(slider).toHaveValue('251');
  await expect(page).toHaveURL(/[#&]t=251$/);

  const plot = page.locator('diffusion-schedule-chart .plot').first();
  const box = await plot.boundingBox();
  await plot.click({ position: { x: (box?.width ?? 0) / 2, y: 20 } });
  await expect.poll(async () => Math.abs(Number(await slider.inputValue()) - 500)).toBeLessThanOrEqual(2);
});

test('the numbers follow the schedule', async ({ page }) => {
  await open(page, '#t=1000');
  const formula = page.locator('diffusion-forward .formula');
  // DDPM, section 4: sqrt of alpha-bar at T = 1000 of the linear schedule, 4.04e-5.
  await expect(formula).toContainText('0.006');
  await expect(formula).toContainText('4.04 × 10⁻⁵');
  await page.locator('diffusion-forward').getByLabel('Noise schedule').selectOption('scaledLinear');
  // Stable Diffusion's schedule ends with more signal: alpha-bar is 0.00466.
  await expect(formula).toContainText('0.068');
});

test('another digit and another noise can be chosen', async ({ page }) => {
  await open(page);
  const { clean, noise } = pictures(page);
  const before = { clean: await drawn(clean), noise: await drawn(noise) };
  await page.getByRole('button', { name: 'Digit 3' }).click();
  await expect.poll(() => pixels(clean)).not.toBe(before.clean);
  await expect(page.getByRole('button', { name: 'Digit 3' })).toHaveAttribute('aria-pressed', 'true');
  const three = await pixels(clean);
  await page.getByRole('button', { name: 'Other digits' }).click();
  await expect.poll(() => pixels(clean)).not.toBe(three);
  const otherThree = await pixels(noise);
  await page.locator('diffusion-forward').getByRole('button', { name: 'New' }).click();
  await expect.poll(() => pixels(noise)).not.toBe(otherThree);
});

test('the pixels come to follow the normal curve', async ({ page }) => {
  await open(page, '#t=0');
  const histogram = page.locator('diffusion-histogram');
  const chart = histogram.getByRole('img');
  const moments = async () => {
    const words = (await chart.getAttribute('aria-label')) ?? '';
    const [, mean, deviation] = words.match(/mean (-?\d+\.\d+), standard deviation\s+(\d+\.\d+)/) ?? [];
    return { mean: Number(mean), deviation: Number(deviation) };
  };
  await expect(chart).toHaveAttribute('aria-label', /at t = 0:/);
  expect((await moments()).mean).toBeLessThan(-0.5);
  // Most of a clean digit is black: that bar is higher than the chart.
  await expect(histogram.locator('.overflow')).toBeVisible();

  await pictures(page).slider.fill('1000');
  await expect(chart).toHaveAttribute('aria-label', /at t = 1000:/);
  const { mean, deviation } = await moments();
  expect(Math.abs(mean)).toBeLessThan(0.15);
  expect(Math.abs(deviation - 1)).toBeLessThan(0.1);
  await expect(histogram.locator('.overflow')).toBeHidden();
});

test('small steps end where a jump does, with another noise', async ({ page }) => {
  await open(page, '#t=400');
  const { noisy, clean, noise, slider } = pictures(page);
  const jump = [await drawn(noisy), await drawn(clean), await drawn(noise)];
  const section = page.locator('diffusion-forward');
  await section.getByRole('checkbox', { name: 'Step by step' }).check();
  await expect(page).toHaveURL(/stepwise=yes/);
  await expect(section.locator('.walked')).toContainText('of 400 small steps');
  await expect.poll(() => pixels(noisy)).not.toBe(jump[0]);
  expect(await pixels(clean)).toBe(jump[1]);
  const walked = await pixels(noise);
  expect(walked).not.toBe(jump[2]);

  // Every step brings noise of its own, and in the end it is a standard normal one.
  await slider.fill('1000');
  await expect.poll(() => pixels(noise)).not.toBe(walked);
  const words = await page.locator('diffusion-histogram').getByRole('img').getAttribute('aria-label');
  const [, mean, deviation] = words?.match(/mean (-?\d+\.\d+), standard deviation\s+(\d+\.\d+)/) ?? [];
  expect(Math.abs(Number(mean))).toBeLessThan(0.15);
  expect(Math.abs(Number(deviation) - 1)).toBeLessThan(0.1);
  await slider.fill('0');
  await expect.poll(() => pixels(noisy)).toBe(jump[1]);
});

test('log SNR falls through 0 where digit and noise weigh the same', async ({ page }) => {
  await open(page, '#t=264');
  const chart = page.locator('diffusion-schedule-chart').getByRole('img').last();
  const value = async () =>
    Number(((await chart.getAttribute('aria-label')) ?? '').match(/log SNR over t: (-?\d+\.\d+) at/)?.[1]);
  await expect.poll(async () => Math.abs(await value())).toBeLessThan(0.1);
  await pictures(page).slider.fill('1000');
  // ln(4.04e-5).
  await expect.poll(value).toBeCloseTo(-10.12, 1);
});

test('a schedule that ends with signal is warned of, and rescaling helps', async ({ page }) => {
  await open(page, '#t=1000&schedule=scaledLinear');
  const section = page.locator('diffusion-forward');
  await expect(section.getByText('Too much is left at the end.')).toBeVisible();
  await expect(section.locator('.terminal')).toContainText('0.068');

  const rescale = section.getByRole('checkbox', { name: 'Zero terminal SNR' });
  await rescale.focus();
  await page.keyboard.press('Space');
  await expect(section.getByText('Too much is left at the end.')).toBeHidden();
  await expect(page).toHaveURL(/zeroTerminalSnr=yes/);
  // Nothing of the digit is left: the noisy picture is the noise.
  const { noisy, noise } = pictures(page);
  await expect(section.locator('.formula')).toContainText('0.000');
  await expect.poll(async () => (await pixels(noisy)) === (await pixels(noise))).toBe(true);
});
