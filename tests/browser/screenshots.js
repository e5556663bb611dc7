// Pictures of the page for people to look at: `PAGE=<address> node tests/browser/screenshots.js`, while it is served.
// They go to target/screenshots: each section at two widths, in light and dark, after a short training run.

import { chromium } from '@playwright/test';
import config from './playwright.config.js';

const FOLDER = 'target/screenshots';
const SECTIONS = [
  'diffusion-opening',
  'diffusion-forward',
  'diffusion-estimate',
  'diffusion-train',
  'diffusion-slow-motion',
  'diffusion-time-machine',
  'diffusion-race',
  'diffusion-shipped',
  'diffusion-export',
  'diffusion-sample',
  'diffusion-compare',
  'diffusion-steer',
  'diffusion-guidance',
  'diffusion-points',
  'diffusion-objective',
  'diffusion-network',
  'diffusion-latent',
];
/** What each of them is asked to do for its picture. */
const BUTTONS = {
  'diffusion-sample': 'Sample',
  'diffusion-compare': 'Compare',
  'diffusion-steer': 'Draw the way',
  'diffusion-guidance': 'Draw the grid',
  'diffusion-objective': 'Measure',
};
const { baseURL } = config.use ?? {};
const settings = process.env.SETTINGS ?? 'preset=tiny&batchSize=16&gridEvery=20&learningRate=0.005&steps=20';
const trainingSteps = Number(process.env.STEPS ?? 100);

const browser = await chromium.launch(config.projects?.[0].use?.launchOptions);
for (const width of [1280, 390]) {
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    deviceScaleFactor: width < 500 ? 2 : 1,
  });
  page.setDefaultTimeout(600_000);
  await page.goto(`${baseURL}#${settings}`);
  await page.getByText('Running on').waitFor();
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByText(`after ${trainingSteps} steps`).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  for (const [section, name] of Object.entries(BUTTONS)) {
    await page.locator(section).getByRole('button', { name, exact: true }).click();
    await page
      .locator(section)
      .getByText(/^Done: /)
      .waitFor();
  }
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme });
    const name = (/** @type {string} */ part) => ({ path: `${FOLDER}/${width}-${colorScheme}-${part}.png` });
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot(name('top'));
    for (const section of SECTIONS) await page.locator(section).screenshot(name(section));
    await page.screenshot({ ...name('page'), fullPage: true });
  }
  await page.close();
}
await browser.close();
