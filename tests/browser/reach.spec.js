// Everything can be reached: by a finger on a narrow screen, by the keyboard, and by those who want nothing to move.

import { drawn, expect, open, TINY, test, trained } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

/** A finger's width in CSS pixels. */
const FINGER = 44;

test.beforeEach(({ page: _ }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
});

/** Opens the page with all that folds away, and has every section seen once. @param {Page} page @param {string} address */
async function openAll(page, address) {
  await open(page, address);
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  await expect(page.locator('diffusion-offline')).toContainText('offline');
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.getByRole('button', { name: 'Draw one' }).click();
  await page.locator('diffusion-network').scrollIntoViewIfNeeded();
  await expect(page.locator('diffusion-network .block').first()).toBeVisible();
}

test('on a narrow screen every control has a name and room for a finger, and nothing scrolls sideways', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openAll(page, '#steer=inpaint&steerSource=drawn');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  const controls = page.locator('button, [role=button], select, input:not([hidden]), summary');
  for (const control of await controls.all()) {
    await expect(control).toHaveAccessibleName(/\S/);
    const isCheckbox = (await control.getAttribute('type')) === 'checkbox';
    const target = isCheckbox ? control.locator('..') : control;
    const box = await target.boundingBox();
    const html = await control.evaluate((element) => element.outerHTML);
    expect(Math.round(box?.height ?? 0), html).toBeGreaterThanOrEqual(FINGER);
    // Words of a sentence are as wide as they are.
    const isPhrase = await control.evaluate(
      (element) => /** @type {ShadowRoot} */ (element.getRootNode()).host?.localName === 'diffusion-phrase',
    );
    if (!isPhrase) expect(Math.round(box?.width ?? 0), html).toBeGreaterThanOrEqual(FINGER);
  }
});

test('Space plays and arrows step, with every slider that has steps', async ({ page }) => {
  await open(page, `#${TINY}&machineStage=9&t=900&pointsStage=18&latentMix=8&latentStage=9&steps=4&count=2`);
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, 10);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const sample = page.locator('diffusion-sample');
  await sample.getByRole('button', { name: 'Sample', exact: true }).click();
  await sample.getByText(/^Done: /).waitFor();

  const sliders = page.locator('input[data-plays]:enabled');
  expect(await sliders.count()).toBeGreaterThanOrEqual(6);
  for (const slider of await sliders.all()) {
    const max = (await slider.getAttribute('max')) ?? '';
    await slider.focus();
    await page.keyboard.press('End');
    await expect(slider).toHaveValue(max);
    await page.keyboard.press('ArrowLeft');
    await expect(slider).not.toHaveValue(max);
    await page.keyboard.press('ArrowRight');
    await expect(slider).toHaveValue(max);
    // From the end it begins anew, and ends there.
    await page.keyboard.press('Space');
    await expect(slider).not.toHaveValue(max);
    await expect(slider).toHaveValue(max, { timeout: 15_000 });
  }
});

test('a button plays, too, and gives way to the reader', async ({ page }) => {
  await open(page, '#t=0');
  const forward = page.locator('diffusion-forward');
  const t = forward.getByRole('slider', { name: 'Timestep t' });
  await forward.getByRole('button', { name: 'Play: Timestep t' }).click();
  await expect(t).not.toHaveValue('0');
  await t.press('Home');
  await expect(forward.getByRole('button', { name: 'Play: Timestep t' })).toBeVisible();
  await expect(t).toHaveValue('0');
  await expect(page).not.toHaveURL(/[#&]t=[1-9]/);
});

test('who wants nothing to move sees the end of the film at once', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, `#${TINY}&model=mnist-unet`);
  const opening = page.locator('diffusion-opening');
  await expect(opening.getByRole('slider')).toHaveAttribute('aria-valuetext', 'done');
  // What moves by itself would be an animation or a transition.
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('everything can be reached from the keyboard', async ({ page }) => {
  await open(page);
  await page.getByRole('slider', { name: 'Timestep t' }).focus();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Play: Timestep t' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.locator('diffusion-forward').getByLabel('Noise schedule')).toBeFocused();
});
