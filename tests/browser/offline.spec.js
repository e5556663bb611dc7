import { fileURLToPath } from 'node:url';
import { serve } from './hosts.js';
import { drawn, expect, TINY, test } from './playground.js';

const PAGE = fileURLToPath(new URL('../../www/dist/', import.meta.url));

test.describe('a reader who keeps the page', () => {
  test.use({ expectedErrors: /Failed to load resource|ERR_CONNECTION_REFUSED/ });

  test('reads and trains without a network, and can remove it again', async ({ page }) => {
    const site = await serve(PAGE);
    await page.goto(`${site.address}?device=cpu#model=none&${TINY}`);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(
      0,
    );
    const offline = page.locator('diffusion-offline');
    await offline.getByRole('checkbox').check();
    await expect(offline).toContainText('works offline');

    site.close();
    await expect(page.request.get(site.address)).rejects.toThrow();
    await page.reload();
    await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
    await page.getByRole('button', { name: 'One step' }).click();
    await expect(page.getByText('Paused after step 1.')).toBeVisible();

    await expect(offline.getByRole('checkbox')).toBeChecked();
    await offline.getByRole('checkbox').uncheck();
    await expect(offline).not.toContainText('works offline');
    expect(
      await page.evaluate(async () => [
        (await navigator.serviceWorker.getRegistrations()).length,
        (await caches.keys()).length,
      ]),
    ).toEqual([0, 0]);
  });
});
