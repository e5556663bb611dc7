// The npm package as others get it: packed, and installed into fresh projects.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serve } from './hosts.js';
import { drawn, expect, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const VITE = '8.3.8';
const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGE = join(REPOSITORY, 'pkg');

/** @param {string} folder @param {string} program @param {string[]} words */
const run = (folder, program, ...words) => promisify(execFile)(program, words, { cwd: folder });

/** @param {string} folder @param {Record<string, string>} files */
function write(folder, files) {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** What a user of the library would write. It leaves what it saw in `globalThis.seen`. */
const PROGRAM = `
  const playground = await createPlayground();
  const seen = { backend: playground.device.backend, steps: [], ways: 0 };
  const { xT } = await playground.forward({ image: 0, t: 100 });
  seen.size = [xT.width, xT.height, xT.pixels.length];
  seen.last = (await playground.schedule({ kind: 'cosine' })).alphasCumprod.at(-1);
  const trainer = await playground.train({ preset: 'tiny', batchSize: 4, gridEvery: 1000 });
  seen.steps.push((await trainer.step()).step);
  for await (const { step } of trainer) {
    seen.steps.push(step);
    if (step >= 3) break;
  }
  const after = (await trainer.step()).step;
  const trajectory = playground.sample({ steps: 3, count: 2 });
  for await (const { x0Hat } of trajectory) seen.ways += x0Hat.count;
  seen.count = (await trajectory.done).frames.count;
  seen.wrong = await playground.train({ preset: 'tiny', batchSize: 0 }).catch((error) => error.message);
  globalThis.seen = { ...seen, goesOn: after > 3 };
  globalThis.playground = playground;
`;

/** @param {Page} page */
async function works(page) {
  await expect.poll(() => page.evaluate(() => 'seen' in globalThis)).toBe(true);
  const seen = await page.evaluate(() => /** @type {any} */ (globalThis).seen);
  expect(seen.backend).toMatch(/gpu|cpu/);
  expect(seen.size).toEqual([28, 28, 784]);
  expect(seen.last).toBeLessThan(1e-4);
  expect(seen.steps.slice(0, 3)).toEqual([1, 2, 3]);
  expect(seen).toMatchObject({ ways: 6, count: 2, goesOn: true });
  expect(seen.wrong).toContain('batch');

  // The element joins the library's worker, which goes on until both are gone.
  const element = page.locator('diffusion-playground');
  await element.getByRole('button', { name: 'Start', exact: true }).click();
  await drawn(element.locator('diffusion-picture.mix'));
  expect(page.workers().length).toBe(1);
  await page.evaluate(() => /** @type {any} */ (globalThis).playground.close());
  await element.getByRole('slider', { name: 'Timestep t' }).fill('900');
  await expect(element.locator('.formula')).toContainText('900');
  expect(page.workers().length).toBe(1);
  await element.evaluate((it) => it.remove());
  await expect.poll(() => page.workers().length).toBe(0);
  const late = () =>
    /** @type {any} */ (globalThis).playground
      .schedule()
      .catch((/** @type {Error} */ error) => error.message);
  expect(await page.evaluate(late)).toBe('the playground was closed');
  expect(page.workers().length).toBe(0);
}

test.describe('the package', () => {
  /** @type {string} */
  let folder;

  test.beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'diffusion-playground-'));
    const { stdout } = await run(PACKAGE, 'npm', 'pack', '--json', '--pack-destination', folder);
    const listed = JSON.parse(stdout);
    const { filename } = Array.isArray(listed) ? listed[0] : Object.values(listed)[0];
    const manifest = {
      type: 'module',
      private: true,
      dependencies: { 'diffusion-playground': `file:${filename}` },
      devDependencies: { vite: VITE },
    };
    write(folder, { 'package.json': JSON.stringify(manifest) });
    await run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts');
  });

  test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('has no faults that its linters know', async () => {
    const bin = join(REPOSITORY, 'node_modules/.bin');
    const lint = await run(PACKAGE, join(bin, 'publint'), '--strict');
    expect(lint.stdout).toContain('All good!');
    await run(PACKAGE, join(bin, 'attw'), '--pack', '.', '--profile', 'esm-only');
  });

  test('works in a project built with Vite', async ({ page }) => {
    write(folder, {
      'index.html': `<link rel="icon" href="data:," />
        <diffusion-playground view="forward"></diffusion-playground><script type="module" src="/main.js"></script>`,
      'main.js': `import { createPlayground } from 'diffusion-playground';
        import 'diffusion-playground/element';
        ${PROGRAM}`,
    });
    await run(folder, join(folder, 'node_modules/.bin/vite'), 'build', '--base', './', '--target', 'esnext');
    const site = await serve(join(folder, 'dist'));
    await page.goto(site.address);
    await works(page);
    site.close();
  });

  test('works in plain HTML', async ({ page }) => {
    const plain = join(folder, 'plain');
    cpSync(join(folder, 'node_modules/diffusion-playground'), join(plain, 'diffusion-playground'), {
      recursive: true,
    });
    write(plain, {
      'index.html': `<link rel="icon" href="data:," />
        <script type="module" src="diffusion-playground/playground.js"></script>
        <diffusion-playground view="forward"></diffusion-playground>
        <script type="module">
          import { createPlayground } from './diffusion-playground/library.js';
          ${PROGRAM}
        </script>`,
    });
    const site = await serve(plain);
    await page.goto(site.address);
    await works(page);
    site.close();
  });
});
