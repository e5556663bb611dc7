import { mkdirSync, writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { drawn, expect, open, TINY, test, trained } from './playground.js';
import { png } from './png.js';

/** @typedef {import('@playwright/test').Page} Page */

const section = (/** @type {Page} */ page) => page.locator('diffusion-own-data');

/** Upright or level stripes, no two alike. @param {boolean} upright @param {number} index */
const stripes = (upright, index) => png(40, 30, (x, y) => ((upright ? x : y) % (4 + index) < 2 ? 255 : 0));

/** @returns {Record<string, Buffer>} two classes, and something else */
const pictures = () => ({
  'level/0.png': stripes(false, 0),
  'level/1.png': stripes(false, 1),
  'upright/0.png': stripes(true, 0),
  'upright/1.png': stripes(true, 1),
  'upright/2.png': stripes(true, 2),
  'upright/notes.txt': Buffer.from('no picture'),
  '.hidden/3.png': stripes(true, 3),
});

test.beforeEach(({ browserName: _ }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
});

test('a folder of pictures is learnt from, and nothing is uploaded', async ({ page }, info) => {
  const folder = info.outputPath('stripes');
  for (const [path, bytes] of Object.entries(pictures())) {
    mkdirSync(`${folder}/${path.split('/')[0]}`, { recursive: true });
    writeFileSync(`${folder}/${path}`, bytes);
  }
  await open(page, `#${TINY}&gridEvery=1&dataSet=own&class=7`);
  const forward = page.locator('diffusion-forward');
  await expect(forward).toContainText('Bring them in section two. Until then MNIST stays.');
  await drawn(forward.locator('diffusion-picture.data'));
  /** @type {string[]} */
  const sent = [];
  page.on('request', (request) => request.method() !== 'GET' && sent.push(request.url()));

  const chooser = page.waitForEvent('filechooser');
  await section(page).getByRole('button', { name: 'Choose a folder' }).click();
  await (await chooser).setFiles(folder);
  await expect(section(page)).toContainText('stripes: 5 pictures in 2 classes: level 2, upright 3.');
  await expect(section(page)).toContainText('cannot be read as pictures: stripes/upright/notes.txt.');
  await forward.getByRole('button', { name: 'Upright' }).click();
  await expect(forward.locator('diffusion-picture.mix canvas')).toHaveAccessibleName(/^Upright with noise/);

  const train = page.locator('diffusion-train');
  await train.getByRole('button', { name: 'One step' }).click();
  await trained(page, 1);
  const samples = train.getByRole('list', { name: 'Samples' }).getByRole('listitem');
  await expect(train.getByRole('img', { name: 'Sample for upright after 1 steps' }).first()).toBeVisible();
  expect((await samples.allTextContents()).slice(0, 3).map((text) => text.trim())).toEqual([
    'level',
    'upright',
    'level',
  ]);
  const classes = page
    .locator('diffusion-sample')
    .getByLabel(/(Digit|Class) to draw/)
    .locator('option');
  await expect(classes).toHaveText(['level', 'upright', 'Any (unconditional)']);
  await page.locator('diffusion-sample').getByRole('button', { name: 'Sample', exact: true }).click();
  expect(sent).toEqual([]);

  await section(page).getByRole('checkbox', { name: 'Invert your pictures' }).check();
  await expect(train.getByText('Settings changed: restart to apply.')).toBeVisible();
});

test('a zip is dropped; what cannot be learnt from gives a sentence', async ({ page }) => {
  await open(page, '#dataSet=own');
  /** @param {string} name @param {Record<string, Buffer>} files */
  const drop = async (name, files) => {
    const base64 = Buffer.from(zipSync(files)).toString('base64');
    const transfer = await page.evaluateHandle(
      ({ name, base64 }) => {
        const transfer = new DataTransfer();
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name));
        return transfer;
      },
      { name, base64 },
    );
    await section(page).dispatchEvent('drop', { dataTransfer: transfer });
  };
  const alert = section(page).getByRole('alert');
  await drop('notes.zip', { 'a/notes.txt': Buffer.from('no picture') });
  await expect(alert).toContainText('of 1 files none is a picture');
  await drop(
    'many.zip',
    Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}/0.png`, stripes(true, i)])),
  );
  await expect(alert).toContainText('there are 11 folders');
  await drop('few.zip', { 'a.png': stripes(true, 1) });
  await expect(alert).toContainText('at least two pictures of a class');
  // None of it was taken for a model.
  await expect(page.locator('diffusion-open').getByRole('alert')).toHaveCount(0);

  await drop('plain.zip', { 'a.png': stripes(true, 1), 'b.png': stripes(false, 2) });
  await expect(section(page)).toContainText('plain: 2 pictures. One in ten');
  await expect(alert).toBeHidden();
  await expect(
    page.locator('diffusion-forward').getByRole('button', { name: 'Picture', exact: true }),
  ).toBeVisible();
});
