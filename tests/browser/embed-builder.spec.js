import { post, test } from './hosts.js';
import { drawn, expect, open } from './playground.js';

test('the builder writes what was chosen, and shows it', async ({ page }) => {
  await open(page);
  const builder = page.locator('diffusion-embed-builder');
  const text = builder.locator('pre');
  await expect(text).toContainText(
    /^<script type="module" src="http.*\/playground\.js"><\/script>\n<diffusion-playground view="forward"><\/diffusion-playground>$/,
  );

  await builder.locator('iframe').scrollIntoViewIfNeeded();
  const frame = builder.frameLocator('iframe');
  await frame.getByRole('button', { name: 'Start', exact: true }).click();
  await drawn(frame.locator('diffusion-picture.mix'));
  await builder.getByRole('spinbutton', { name: 'Timestep t' }).fill('600');
  await builder.getByRole('checkbox', { name: 'histogram' }).uncheck();
  await builder.getByLabel('Theme').selectOption('dark');
  await expect(text).toContainText(
    '<diffusion-playground view="forward" t="600" hide="histogram" theme="dark">',
  );
  await expect(frame.getByRole('slider', { name: 'Timestep t' })).toHaveValue('600');
  await expect(frame.locator('diffusion-histogram')).toBeHidden();

  await builder.getByRole('spinbutton', { name: 'Timestep t' }).fill('1001');
  await expect(builder.getByText('This must be a whole number from 0 to 1,000.')).toBeVisible();
  await expect(text).not.toContainText('1001');

  await builder.getByRole('checkbox', { name: 'hash' }).check();
  await expect(text).toContainText(/integrity="sha384-[\w+/=]{64}" crossorigin="anonymous"/);
  // The article's own settings are not the builder's.
  await expect(page.locator('diffusion-forward').getByRole('slider', { name: 'Timestep t' })).toHaveValue(
    '250',
  );
  expect(page.url()).not.toContain('600');
});

test('every kind of blog gets its own words, and they work', async ({ page, host }) => {
  await open(page);
  const builder = page.locator('diffusion-embed-builder');
  const where = builder.getByLabel('Where it goes');
  const text = async (/** @type {string} */ kind) => {
    await where.selectOption(kind);
    return (await builder.locator('pre').textContent()) ?? '';
  };
  await builder.getByLabel('View').selectOption('sample');
  await builder.getByRole('spinbutton', { name: 'Steps' }).fill('20');
  for (const kind of ['script', 'frame', 'jekyll', 'hugo', 'quarto', 'mdx', 'observable']) {
    const words = await text(kind);
    expect(words, kind).toContain('sample');
    expect(words, kind).toContain('20');
  }
  expect(await text('hugo')).toContain('{{< diffusion-playground view="sample" steps="20" >}}');
  expect(await text('quarto')).toMatch(/^```\{=html\}\n/);
  expect(await text('mdx')).toContain("import 'diffusion-playground/element';");

  for (const kind of ['script', 'frame']) {
    const content = await text(kind);
    const other = await page.context().newPage();
    await other.goto(await host(post(content)));
    const shown = kind === 'frame' ? other.frameLocator('iframe') : other;
    await shown.getByRole('button', { name: 'Start', exact: true }).click();
    await expect(shown.locator('diffusion-sample').getByLabel('Steps', { exact: true })).toHaveValue('20');
    await other.close();
  }
});

test('the lines can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  const builder = page.locator('diffusion-embed-builder');
  await builder.getByRole('button', { name: 'Copy' }).click();
  await expect(builder.getByText('Copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    await builder.locator('pre').textContent(),
  );
});
