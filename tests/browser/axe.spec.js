import { AxeBuilder } from '@axe-core/playwright';
import { drawn, expect, open, test } from './playground.js';

const WIDTHS = [1280, 390];
const SCHEMES = /** @type {const} */ (['light', 'dark']);

test.beforeEach(({ page: _ }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
});

/**
 * What axe finds against WCAG 2.2 A and AA and its own best practices: a rule and its places a line.
 * @param {import('@playwright/test').Page} page
 */
async function violations(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const reasons = [...any, ...all, ...none].map(({ message }) => message);
      return `${id}: ${target.flat().join(' ')}: ${reasons.join('; ')}`;
    }),
  );
}

/** At every width, in light and in dark. @param {import('@playwright/test').Page} page */
async function expectNoViolations(page) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      expect.soft(await violations(page), `${width} px, ${colorScheme}`).toEqual([]);
    }
  }
}

/** Opens all that folds away, and goes where things are drawn once they are seen. @param {import('@playwright/test').Page} page */
async function unfold(page) {
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  for (const summary of await page.locator('summary').all()) await summary.click();
  for (const section of await page.locator('main > [id], main > p').all())
    await section.scrollIntoViewIfNeeded();
  await expect(page.locator('diffusion-network .block').first()).toBeVisible();
}

test('the page with all that folds away', async ({ page }) => {
  test.setTimeout(600_000);
  await open(page);
  await unfold(page);
  await expectNoViolations(page);
});

// Its looks are those of the English page; its words and its language are its own.
test('the Chinese page', async ({ page }) => {
  await page.goto('zh.html#model=none');
  await unfold(page);
  expect(await violations(page)).toEqual([]);
});

test('the frame for other pages', async ({ page }) => {
  await page.goto('embed.html?view=forward');
  await page.getByRole('button', { name: /Start/ }).click();
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  await expectNoViolations(page);
});

test('the bench', async ({ page }) => {
  await page.goto('bench.html');
  await expectNoViolations(page);
});
