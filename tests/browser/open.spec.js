import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { drawn, expect, open, TINY, test, trained } from './playground.js';
import { DIT, safetensors, WEIGHTS, zeros } from './safetensors.js';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {{ path: string, bytes: Uint8Array }} Placed */

const SHORT = `${TINY}&steps=3&count=2&class=none&guidanceScale=1`;
const FOLDER = new URL('../fixtures/legacy_unet2d/', import.meta.url);
/** What diffusers wrote: 3 channels of 8x8, no classes. */
const PARTS = ['unet/config.json', `unet/${WEIGHTS}`, 'scheduler/scheduler_config.json'];
const folder = () => PARTS.map((path) => ({ path, bytes: readFileSync(new URL(path, FOLDER)) }));

const section = (/** @type {Page} */ page) => page.locator('diffusion-open');
const about = (/** @type {Page} */ page) => section(page).getByRole('region', { name: 'What was opened' });

/**
 * Drops files on the page.
 * @param {Page} page
 * @param {Placed[]} files
 */
async function drop(page, files) {
  const texts = files.map(({ path, bytes }) => ({ path, base64: Buffer.from(bytes).toString('base64') }));
  const transfer = await page.evaluateHandle(async (files) => {
    const transfer = new DataTransfer();
    for (const { path, base64 } of files) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], path));
    }
    return transfer;
  }, texts);
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}

/** As a person's few files, without folders. @param {Placed[]} files */
const flat = (files) => files.map(({ path, bytes }) => ({ path: path.split('/').at(-1) ?? path, bytes }));

/** @param {Page} page */
async function trainAStep(page) {
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
}

/** @param {Page} page */
async function sample(page) {
  await page.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect(page.locator('diffusion-sample').getByText(/^Done: /)).toBeVisible();
  return await drawn(page.locator('diffusion-sample .stage diffusion-picture.mix'));
}

/** @param {Page} page @param {string} button */
async function save(page, button) {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await download;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

test('a folder of diffusers’ opens, draws in colour, and makes way for the run again', async ({
  page,
}, test) => {
  const pipeline = test.outputPath('legacy_unet2d');
  cpSync(fileURLToPath(FOLDER), pipeline, { recursive: true });
  mkdirSync(`${pipeline}/text_encoder`);
  writeFileSync(`${pipeline}/text_encoder/config.json`, '{}');
  await open(page, `#${SHORT}`);
  const chooser = page.waitForEvent('filechooser');
  await section(page).getByRole('button', { name: 'Open a folder' }).click();
  await (await chooser).setFiles(pipeline);
  await expect(about(page)).toContainText('legacy_unet2d draws now');
  await expect(about(page)).toContainText('UNet2DModel');
  await expect(about(page).getByRole('list', { name: 'Warnings' })).toHaveText('left out: text_encoder.');
  await expect(about(page)).toContainText('8 × 8, colour');
  await expect(page.locator('diffusion-sample')).toContainText(
    'Ready: the opened network legacy_unet2d draws.',
  );
  await sample(page);
  const colours = await page
    .locator('diffusion-sample .stage diffusion-picture.mix canvas')
    .evaluate((element) => {
      const canvas = /** @type {HTMLCanvasElement} */ (element);
      const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')).getImageData(
        0,
        0,
        8,
        8,
      );
      return {
        side: canvas.width,
        grey: data.every((value, i) => i % 4 === 3 || value === data[i - (i % 4)]),
      };
    });
  expect(colours).toEqual({ side: 8, grey: false });
  await expect(
    page.locator('diffusion-sample').getByRole('slider', { name: 'Guidance scale' }),
  ).toBeDisabled();
  await expect(page.locator('diffusion-guidance')).toContainText('does not know the ten digits');
  await page.getByRole('button', { name: 'Measure' }).click();
  await expect(page.locator('diffusion-objective').getByRole('alert')).toContainText(
    'one for the test images',
  );

  await section(page).getByRole('button', { name: 'Close it' }).click();
  await expect(about(page)).toBeHidden();
  await expect(page.getByRole('button', { name: 'Sample', exact: true })).toBeDisabled();
});

test('what is saved for diffusers has the same tensors when it is opened and saved again', async ({
  page,
}) => {
  await open(page, `#${SHORT}`);
  await expect(page.getByRole('button', { name: 'Save for diffusers' })).toBeDisabled();
  await trainAStep(page);
  const before = await sample(page);
  const first = await save(page, 'Save for diffusers');
  expect(first.name).toBe('diffusion-tiny-step-1-diffusers.zip');
  const files = Object.entries(unzipSync(first.bytes)).map(([path, bytes]) => ({ path, bytes }));
  expect(files.map(({ path }) => path.split('/').at(-1)).sort()).toEqual([
    'config.json',
    WEIGHTS,
    'scheduler_config.json',
  ]);
  await drop(page, flat(files));
  await expect(about(page)).toContainText(`${WEIGHTS} draws now`);
  await expect(about(page)).toContainText('28 × 28, grey');
  // The same weights, schedule and noise: the same picture.
  expect(await sample(page)).toBe(before);
  await expect(page.getByRole('button', { name: 'Save as a checkpoint' })).toBeDisabled();
  const again = unzipSync((await save(page, 'Save for diffusers')).bytes);
  for (const { path, bytes } of files) {
    const name = path.split('/').slice(1).join('/');
    const found = Object.entries(again).find(([path]) => path.endsWith(`/${name}`))?.[1] ?? new Uint8Array();
    expect(Buffer.compare(found, bytes), name).toBe(0);
  }
});

test('a checkpoint of ours opens, draws the same, and goes on training', async ({ page }) => {
  await open(page, `#${SHORT}`);
  await trainAStep(page);
  const before = await sample(page);
  const saved = await save(page, 'Save as a checkpoint');
  expect(saved.name).toBe('diffusion-tiny-step-1.safetensors');

  await open(page, '#steps=3&count=2&class=none&guidanceScale=1');
  await drop(page, [{ path: saved.name, bytes: saved.bytes }]);
  await expect(about(page)).toContainText(`${saved.name} draws now`);
  expect(await sample(page)).toBe(before);
  await section(page).getByRole('button', { name: 'Go on training it' }).click();
  await expect(about(page)).toBeHidden();
  await expect(page.getByText('Paused after step 1.')).toBeVisible();
  await expect(page.getByLabel('Batch size')).toHaveValue('8');
  await page.getByRole('button', { name: 'One step' }).click();
  await trained(page, 2);
});

test.describe('an address', () => {
  test.use({ expectedErrors: /Failed to load resource/ });

  test('an address is fetched; one that does not answer is told of', async ({ page }) => {
    await page.route('**/models/unet/**', (route) => {
      const name = new URL(route.request().url()).pathname.split('/').at(-1);
      const file = folder().find(({ path }) => path.endsWith(`/${name}`));
      return route.fulfill({ body: Buffer.from(file?.bytes ?? []) });
    });
    await page.route('**/models/scheduler/**', (route) =>
      route.fulfill({ body: Buffer.from(folder()[2].bytes) }),
    );
    await page.route('**/nowhere/**', (route) => route.abort());
    await open(page, `#${SHORT}`);
    const field = section(page).getByLabel('or from an address');
    await field.fill(new URL(`models/unet/${WEIGHTS}`, page.url()).href);
    await field.press('Enter');
    await expect(about(page)).toContainText('UNet2DModel');
    await field.fill(new URL('nowhere/model.safetensors', page.url()).href);
    await field.press('Enter');
    await expect(section(page).getByRole('alert')).toContainText('cannot be reached');
    await expect(about(page)).toContainText('UNet2DModel');
  });
});

test('wrong files each give a sentence, and the network that was there still draws', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(page, `#${SHORT}`);
  await trainAStep(page);
  const before = await sample(page);
  const [config, weights, scheduler] = flat(folder());
  const { header, data } = safetensors.parse(weights.bytes);
  /** @param {(header: any, data: Uint8Array) => void} change */
  const changed = (change) => {
    const [h, d] = [structuredClone(header), Uint8Array.from(data)];
    change(h, d);
    return { path: WEIGHTS, bytes: safetensors.file(h, d) };
  };
  const huge = new Uint8Array(16);
  huge[7] = 1 << 4;
  /** @type {[Placed[], RegExp][]} */
  const wrong = [
    [[{ path: 'notes.txt', bytes: new Uint8Array(3) }], /there is no config\.json/],
    [[{ path: 'model.ckpt', bytes: new Uint8Array(3) }], /model\.ckpt is a Python pickle/],
    [[weights], /there is no config\.json, and the weights alone do not say/],
    [[{ path: 'config.json', bytes: Buffer.from('{"_class_name"') }, weights], /is not JSON/],
    [[config, { path: WEIGHTS, bytes: huge }], /header.*1152921504606846976/],
    [[config, { path: WEIGHTS, bytes: weights.bytes.subarray(0, 50_000) }], /truncated/],
    [
      [config, changed((header) => renameKey(header, 'conv_in.bias', 'conv_in.bios'))],
      /lacks the tensor "conv_in\.bias"/,
    ],
    [
      [config, changed((header) => (header['conv_in.bias'].shape = [2, 4]))],
      /"conv_in\.bias" has shape \[2, 4\], the network needs \[8\]/,
    ],
    [
      // A half-precision NaN.
      [config, changed((header, data) => data.fill(0x7e, ...header['conv_in.bias'].data_offsets))],
      /"conv_in\.bias" holds a value that is not a finite number/,
    ],
    [
      [config, { path: 'scheduler_config.json', bytes: Buffer.from('{"_class_name": "Magic"}') }, weights],
      /"Magic"/,
    ],
  ];
  for (const [files, sentence] of wrong) {
    await drop(page, files);
    const alert = section(page).getByRole('alert');
    await expect(alert).toHaveText(sentence);
    await expect(alert).toContainText('What was here before still is.');
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await expect(alert).toBeHidden();
  }
  await expect(about(page)).toBeHidden();
  expect(await sample(page)).toBe(before);
  // What is right still opens.
  await drop(page, [config, weights, scheduler]);
  await expect(about(page)).toContainText(`${WEIGHTS} draws now`);
});

test('100 MB stream with progress, never held twice', async ({ page }) => {
  const { header, length } = zeros(DIT.tensors);
  expect(length).toBeGreaterThan(100e6);
  await open(page);
  await page.evaluate(
    ([config, header, length, weights]) => {
      const transfer = new DataTransfer();
      const head = new TextEncoder().encode(header);
      const prefix = new Uint8Array(8);
      new DataView(prefix.buffer).setBigUint64(0, BigInt(head.length), true);
      transfer.items.add(new File([config], 'config.json'));
      transfer.items.add(new File([prefix, head, new Uint8Array(length)], weights));
      /** @type {any} */ (globalThis).transfer = transfer;
    },
    /** @type {const} */ ([JSON.stringify(DIT.config), header, length, WEIGHTS]),
  );
  const before = await heap(page);
  const labels = page.evaluate(async () => {
    const root = document.querySelector('diffusion-open')?.shadowRoot;
    const seen = new Set();
    while (!root?.querySelector('.about, .box')) {
      const label = root?.querySelector('.progress label')?.textContent?.trim();
      if (label) seen.add(label);
      await new Promise(requestAnimationFrame);
    }
    return [...seen];
  });
  await page.evaluate(() => {
    const { transfer } = /** @type {any} */ (globalThis);
    document
      .querySelector('main')
      ?.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
  });
  const seen = await labels;
  expect(seen.length).toBeGreaterThan(3);
  expect(seen.some((label) => /Reading: \d+\.\d of \d+\.\d MB, transformer_blocks\.\d/.test(label))).toBe(
    true,
  );
  await expect(about(page)).toContainText('DiTTransformer2DModel');
  const growth = (await heap(page)) - before;
  console.log(
    `${(length / 1e6).toFixed(1)} MB of weights: the module's memory grew by ${(growth / 1e6).toFixed(1)} MB`,
  );
  expect(growth).toBeLessThan(2 * length);
});

/** @param {any} header @param {string} from @param {string} to */
function renameKey(header, from, to) {
  header[to] = header[from];
  delete header[from];
}

/** Bytes of the module's memory, which never shrinks: so this is its peak. @param {Page} page */
async function heap(page) {
  return await page.workers()[0].evaluate(async () => {
    const found = /** @type {Promise<number>} */ (
      new Promise((resolve) => {
        const { postMessage } = self;
        self.postMessage = (/** @type {any} */ message, /** @type {any} */ options) => {
          if (message.type !== 'vitals') return postMessage(message, options);
          self.postMessage = postMessage;
          resolve(message.heapBytes);
        };
      })
    );
    self.dispatchEvent(new MessageEvent('message', { data: { type: 'vitals' } }));
    return await found;
  });
}
