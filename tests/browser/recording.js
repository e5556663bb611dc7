// Records the opening's film, which the page shows where no network can draw yet: `PAGE=<address> node
// tests/browser/recording.js`, while it is served, writes `www/recording.webp`. A row for each step, a column for each digit.

import { writeFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import config from './playwright.config.js';

const STEPS = 10;

const { baseURL } = config.use ?? {};
const browser = await chromium.launch(config.projects?.[1].use?.launchOptions);
const page = await browser.newPage();
await page.goto(`${baseURL}?device=cpu`);
const section = page.locator('diffusion-opening');
await section.getByText('Drawn in').waitFor({ timeout: 600_000 });
const slider = section.getByRole('slider', { name: 'From noise to digit' });
const film = await page.evaluateHandle(() => {
  const film = document.createElement('canvas');
  [film.width, film.height] = [10 * 28, 11 * 28];
  return film;
});
for (let step = 0; step <= STEPS; step++) {
  await slider.fill(`${step}`);
  await section
    .getByRole('img', { name: step === 0 ? /pure noise/ : step === STEPS ? /done/ : `step ${step} of` })
    .nth(9)
    .waitFor();
  await section.evaluate(
    (element, { film, step }) => {
      const pictures = element.shadowRoot?.querySelectorAll('diffusion-picture') ?? [];
      for (const [column, picture] of [...pictures].entries()) {
        const canvas = /** @type {HTMLCanvasElement} */ (picture.shadowRoot?.querySelector('canvas'));
        film.getContext('2d')?.drawImage(canvas, column * 28, step * 28);
      }
    },
    { film, step },
  );
}
const base64 = await film.evaluate(
  (film, quality) => film.toDataURL('image/webp', quality).split(',')[1],
  Number(process.env.QUALITY ?? 0.4),
);
writeFileSync(process.env.OUT ?? 'www/recording.webp', Buffer.from(base64, 'base64'));
await browser.close();
