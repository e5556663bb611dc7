// What every test has: an open page, ways to read it, and the certainty that the console stayed free of errors.

import { createHash } from 'node:crypto';
import { test as base, expect } from '@playwright/test';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Locator} Locator */

/** Settings with which a network learns within seconds on any machine. */
export const TINY = 'preset=tiny&batchSize=8&gridEvery=10';

/** @typedef {{ expectedErrors: RegExp | undefined }} Options what a test provokes on purpose in the console */

/** @type {import('@playwright/test').Fixtures<Options, {}, import('@playwright/test').PlaywrightTestArgs>} */
const fixtures = {
  expectedErrors: [undefined, { option: true }],

  page: async ({ page, expectedErrors }, use) => {
    /** @type {string[]} */
    const errors = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    await use(page);
    expect(errors.filter((error) => !expectedErrors?.test(error))).toEqual([]);
  },
};

export const test = base.extend(fixtures);

export { expect };

/**
 * Opens the page, without the trained network where the address names none, and waits until it says what it runs on.
 * @param {Page} page
 * @param {string} [address] query and hash
 */
export async function open(page, address = '') {
  // A software adapter is only used where WebGPU is insisted on.
  const insist = base.info().project.name === 'webgpu' && !address.startsWith('?');
  const [query, hash = ''] = address.split('#');
  const settings = hash.includes('model=') ? hash : ['model=none', hash].filter(Boolean).join('&');
  await page.goto(`${insist ? '?device=gpu' : query}#${settings}`);
  await expect(page.locator('diffusion-device').getByText('Running on')).toBeVisible();
}

/** What a picture shows, in a few characters; nothing while it is empty. @param {Locator} picture */
export async function pixels(picture) {
  const bytes = await picture.locator('canvas').evaluate((element) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    return canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data.join() ?? '';
  });
  // What is not drawn yet is transparent.
  return bytes.startsWith('0,0,0,0,') ? '' : createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}

/** Waits until a picture is drawn, and gives its pixels. @param {Locator} picture */
export async function drawn(picture) {
  await expect.poll(() => pixels(picture)).not.toBe('');
  return await pixels(picture);
}

/**
 * A live figure of the training section.
 * @param {Page} page
 * @param {string} name
 */
export async function figure(page, name) {
  const text = await page.locator('diffusion-train dl div', { hasText: name }).locator('dd').textContent();
  return Number((text ?? '').replaceAll(',', ''));
}

/**
 * Waits for a number of training steps.
 * @param {Page} page
 * @param {number} steps
 */
export async function trained(page, steps) {
  await expect.poll(() => figure(page, 'Training steps'), { timeout: 300_000 }).toBeGreaterThanOrEqual(steps);
}
