import { drawn, expect, figure, open, pixels, TINY, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const section = (page) => page.locator('diffusion-slow-motion');

/** @param {Page} page @param {number} index */
const picture = (page, index) => section(page).locator('.pictures diffusion-picture').nth(index);

/** @param {Page} page */
async function take(page) {
  await section(page)
    .getByRole('button', { name: /^Take a/ })
    .click();
  await expect(section(page).getByText(/^Step \d+\. Of the/)).toBeVisible({ timeout: 240_000 });
}

test('a step is shown part by part, with the numbers of the run', async ({ page }) => {
  test.slow();
  // A batch of one: its loss is the example's.
  await open(page, `#${TINY.replace('batchSize=8', 'batchSize=1')}`);
  await expect(section(page).getByRole('button', { name: 'Next' })).toBeDisabled();
  await take(page);
  expect(await figure(page, 'Training steps')).toBe(1);
  await expect(page.getByText('Paused after step 1.')).toBeVisible();
  await drawn(picture(page, 0));
  expect(await pixels(picture(page, 1))).toBe('');

  const next = section(page).getByRole('button', { name: 'Next' });
  await next.focus();
  await page.keyboard.press('Enter');
  await drawn(picture(page, 2));
  const formula = section(page).locator('.formula');
  const [signal, noise] = ((await formula.textContent()) ?? '').match(/0\.\d{4}/g) ?? [];
  expect(Number(signal) ** 2 + Number(noise) ** 2).toBeCloseTo(1, 3);
  await page.keyboard.press('Enter');
  const guess = await drawn(picture(page, 3));
  await page.keyboard.press('Enter');
  const loss = (await figure(page, 'Last loss')).toFixed(4);
  await expect(
    section(page).getByText(`${loss} is the mean here, ${loss} that of the whole batch.`),
  ).toBeVisible();
  await expect(formula).toContainText(loss);
  await page.keyboard.press('Enter');
  expect(await drawn(picture(page, 5))).not.toBe(guess);
  await expect(section(page).getByText(`instead of ${loss}.`)).toBeVisible();
  await expect(next).toBeDisabled();

  await section(page).getByRole('button', { name: '2 Noise' }).click();
  expect(await pixels(picture(page, 3))).toBe('');
  await expect(section(page).getByRole('button', { name: '2 Noise' })).toHaveAttribute(
    'aria-current',
    'step',
  );
  await section(page).getByRole('button', { name: 'Back' }).click();
  expect(await pixels(picture(page, 1))).toBe('');
});

test('it pauses a run, counts as a step of it, and a reset forgets it', async ({ page }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${TINY}&gridEvery=1000`);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect.poll(() => figure(page, 'Training steps')).toBeGreaterThan(2);
  await take(page);
  await expect(page.getByText(/^Paused after step \d+\.$/)).toBeVisible();
  const step = await figure(page, 'Training steps');
  await expect(section(page).getByText(`Step ${step}. Of the 8 images`)).toBeVisible();
  const first = await drawn(picture(page, 0));
  await take(page);
  await expect(section(page).getByText(`Step ${step + 1}. Of the`)).toBeVisible();
  expect(await drawn(picture(page, 0))).not.toBe(first);
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(section(page).getByText('A real step of the run')).toBeVisible();
});
