import { readFileSync } from 'node:fs';
import { names, parse } from '../../www/properties.js';
import { expect, open, test } from './playground.js';

test.beforeEach(({ page: _ }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
});

test('every phrase names settings that there are, and values that they can have', () => {
  const page = readFileSync(new URL('../../www/index.html', import.meta.url), 'utf8');
  const phrases = [...page.matchAll(/sets="([^"]*)"/g)].map(([, sets]) => sets.replaceAll('&amp;', '&'));
  expect(phrases.length).toBeGreaterThan(20);
  for (const sets of phrases) {
    for (const [name, value] of new URLSearchParams(sets)) {
      expect(names, sets).toContain(name);
      expect(parse(/** @type {import('../../www/properties.js').Name} */ (name), value), sets).toHaveProperty(
        'value',
      );
    }
  }
});

test('a phrase of the prose sets what it says, by mouse and by keyboard', async ({ page }) => {
  await open(page);
  const end = page.getByRole('button', { name: 't = 1000', exact: true });
  const t = page.locator('diffusion-forward').getByRole('slider', { name: 'Timestep t' });
  await expect(end).toHaveAttribute('aria-pressed', 'false');
  await expect(end).toHaveAccessibleDescription('Timestep t: 1000');
  await end.click();
  await expect(t).toHaveValue('1000');
  await expect(end).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/t=1000/);

  const start = page.getByRole('button', { name: 't = 0', exact: true });
  await start.focus();
  await page.keyboard.press('Space');
  await expect(t).toHaveValue('0');
  await page.getByRole('button', { name: 'a scrawl of yours' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/steer=edit/);
  await expect(page).toHaveURL(/steerSource=drawn/);
});
