import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { post, test } from './hosts.js';
import { drawn, expect, pixels } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

/** Where the element comes from. @param {string | undefined} baseURL */
const at = (baseURL) => (/** @type {string} */ name) => new URL(name, baseURL).href;

/** @param {string} address @param {string} [attributes] */
const script = (address, attributes = '') => `<script type="module" src="${address}" ${attributes}></script>`;

/**
 * A post at the origin of the element itself.
 * @param {Page} page
 * @param {string} content
 * @param {string} [address] what follows its name
 */
async function open(page, content, address = '') {
  const body = post(content, script('playground.js'));
  await page.route('**/post.html', (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto(`post.html${address}`);
}

/** @param {import('@playwright/test').Locator} element */
const start = (element) => element.getByRole('button', { name: 'Start', exact: true }).click();

/** Everything that is asked for. @param {Page} page */
function requests(page) {
  /** @type {string[]} */
  const names = [];
  page.on('request', (request) => names.push(new URL(request.url()).pathname.slice(1)));
  return names;
}

test('until it is started there is a poster, and a small script', async ({ page }) => {
  const asked = requests(page);
  await open(page, '<diffusion-playground view="forward"></diffusion-playground>');
  const element = page.locator('diffusion-playground');
  await expect(element).toContainText('A digit sinks into noise');
  await page.waitForTimeout(500);
  expect(asked).toEqual(['post.html', 'playground.js']);
  expect(page.workers()).toEqual([]);
  const registration = await page.request.get('playground.js');
  expect(gzipSync(await registration.body()).length).toBeLessThan(15_000);

  await start(element);
  await drawn(element.locator('diffusion-picture.mix'));
  expect(asked).toContain('diffusion_playground_bg.wasm');
  // No trained network comes along with a view that draws nothing.
  expect(asked.filter((name) => name.includes('models/'))).toEqual([]);
});

test('it can wait until it is seen', async ({ page }) => {
  const asked = requests(page);
  await open(
    page,
    '<p style="height: 3000px"></p><diffusion-playground view="forward" start="seen"></diffusion-playground>',
  );
  const element = page.locator('diffusion-playground');
  await expect(element).toContainText('Start');
  await page.waitForTimeout(500);
  expect(asked).not.toContain('views.js');
  await element.scrollIntoViewIfNeeded();
  await drawn(element.locator('diffusion-picture.mix'));
});

test('three views share one worker, each answers at once, and the last ends it', async ({ page }) => {
  await open(
    page,
    ['forward', 'sample', 'guidance']
      .map((view) => `<diffusion-playground view="${view}"></diffusion-playground>`)
      .join('<p>And more.</p>'),
  );
  const elements = page.locator('diffusion-playground');
  for (const element of await elements.all()) await start(element);
  const noisy = elements.first().locator('diffusion-picture.mix').first();
  const before = await drawn(noisy);
  expect(page.workers().length).toBe(1);
  expect(
    await page.evaluate(() => [
      .../** @type {any} */ (globalThis)[Symbol.for('diffusion-playground')].keys(),
    ]),
  ).toHaveLength(1);

  for (const name of ['Timestep t', 'Guidance scale w', 'Rescale φ']) {
    const times = await page.getByRole('slider', { name }).evaluate(async (element) => {
      const slider = /** @type {HTMLInputElement} */ (element);
      const section = /** @type {ShadowRoot} */ (slider.getRootNode());
      const shown = () => section.querySelector('output')?.textContent;
      const times = [];
      for (const value of [slider.max, slider.min, slider.max, slider.min, slider.max]) {
        const was = shown();
        const began = performance.now();
        slider.value = value;
        slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
        while (shown() === was) await new Promise(requestAnimationFrame);
        times.push(performance.now() - began);
      }
      return times;
    });
    // One may fall together with something else that the machine is at.
    const milliseconds = times.toSorted((a, b) => a - b)[2];
    test.info().annotations.push({ type: name, description: `${milliseconds.toFixed(1)} ms` });
    expect(milliseconds, name).toBeLessThan(100);
  }
  await expect.poll(() => pixels(noisy)).not.toBe(before);

  await elements.first().evaluate((element) => {
    document.body.append(element);
    for (const other of document.querySelectorAll('diffusion-playground'))
      if (other !== element) other.remove();
  });
  await page.waitForTimeout(300);
  expect(page.workers().length).toBe(1);
  await elements.first().evaluate((element) => element.remove());
  await expect.poll(() => page.workers().length).toBe(0);
});

test('a step in slow motion begins a run, which the views beside it are about', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  await open(
    page,
    `<diffusion-playground view="slow-motion" preset="tiny" batch-size="4" grid-every="1"></diffusion-playground>
    <diffusion-playground view="forward estimate" t="600"></diffusion-playground>
    <diffusion-playground view="time-machine" hide="sheet"></diffusion-playground>`,
  );
  const elements = page.locator('diffusion-playground');
  for (const element of await elements.all()) await start(element);
  await expect(elements.first().getByText('there is none on this page yet')).toHaveCount(0);
  await expect(elements.last().getByText('there is none on this page yet')).toBeVisible();
  await elements.first().getByRole('button', { name: 'Take a step' }).click();
  await expect(elements.first().getByText(/^Step 1\. /)).toBeVisible();
  await elements.nth(1).locator('diffusion-estimate').scrollIntoViewIfNeeded();
  await expect(elements.nth(1).getByText('After 1 training step, at t = 600')).toBeVisible();
  await expect(elements.last().getByText('by the network of step 1')).toBeVisible();
  await expect(elements.last().getByText('there is none on this page yet')).toBeHidden();
  await expect(elements.last().getByRole('img')).toHaveCount(1);
});

test('scripts of two versions leave the elements to the first', async ({ page, request }) => {
  const source = await (await request.get('playground.js')).text();
  const [version] = source.match(/\d+\.\d+\.\d+/) ?? [];
  expect(version).toBeDefined();
  await page.route('**/later.js', (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: source.replaceAll(/** @type {string} */ (version), '999.0.0'),
    }),
  );
  const warning = page.waitForEvent('console', (message) => message.text().includes('999.0.0'));
  await open(page, `<diffusion-playground view="forward"></diffusion-playground>${script('later.js')}`);
  expect((await warning).text()).toContain(`version ${version} is on this page already`);
  await start(page.locator('diffusion-playground'));
  await drawn(page.locator('diffusion-playground diffusion-picture.mix'));
  expect(page.workers().length).toBe(1);
});

test('bad attributes are warned of, with what would be right', async ({ page }) => {
  /** @type {string[]} */
  const warnings = [];
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  await open(
    page,
    `<diffusion-playground view="forward backward" t="1001" noiseseed="3" start="soon" lang="tlh" hide="curves"
      class="wide" data-id="1"></diffusion-playground>`,
  );
  await expect.poll(() => warnings.length).toBe(6);
  const all = warnings.join('\n');
  expect(all).toContain('there is no view “backward”; the views are opening, forward, estimate, train');
  expect(all).toContain('t="1001" must be a whole number from 0 to 1,000; 250 is used instead');
  expect(all).toContain('noiseseed is no setting of this view; it has image, t, schedule, noise-seed');
  expect(all).toContain('start="soon" must be one of click, seen, load; click is used instead');
  expect(all).toContain('lang="tlh" must be one of en');
  expect(all).toContain('hide="curves" names nothing; it can name controls, formula, digits, curve');
  const element = page.locator('diffusion-playground');
  await start(element);
  await expect(element.getByRole('slider', { name: 'Timestep t' })).toHaveValue('250');
});

test('it speaks Chinese where the post does, or where it is told to', async ({ page }, { project }) => {
  test.skip(project.name !== 'cpu', 'the same words on every device');
  await open(
    page,
    `<div lang="zh-CN"><diffusion-playground view="forward"></diffusion-playground></div>
     <diffusion-playground view="train" lang="zh"></diffusion-playground>
     <diffusion-playground view="sample"></diffusion-playground>`,
  );
  const [inside, told, english] = await page.locator('diffusion-playground').all();
  await expect(inside).toContainText('数字沉入噪声');
  await expect(told).toContainText('网络学着看见噪声');
  await expect(english).toContainText('A digit that nobody wrote');
  await told.getByRole('button', { name: '开始', exact: true }).click();
  await expect(told.getByRole('button', { name: '开始训练' })).toBeVisible();
  expect(await told.locator('.frame').getAttribute('lang')).toBe('zh-Hans');
  await expect(told.getByLabel('噪声调度')).toHaveValue('linear');
});

test('attributes and properties are settings, before and after the start', async ({ page }) => {
  await open(
    page,
    `<diffusion-playground view="forward" schedule="cosine"></diffusion-playground>
     <script>document.querySelector('diffusion-playground').noiseSeed = 5</script>`,
  );
  const element = page.locator('diffusion-playground');
  const read = () => element.evaluate((/** @type {any} */ it) => [it.schedule, it.noiseSeed, it.t]);
  await expect.poll(read).toEqual(['cosine', 5, 250]);
  await start(element);
  await expect(element.getByLabel('Noise schedule')).toHaveValue('cosine');
  await expect(element.getByLabel('Noise seed')).toHaveValue('5');
  await element.evaluate((it) => it.setAttribute('t', '700'));
  await expect(element.getByRole('slider', { name: 'Timestep t' })).toHaveValue('700');
  await element.getByRole('slider', { name: 'Timestep t' }).fill('10');
  await expect.poll(read).toEqual(['cosine', 5, 10]);
});

test('two elements of one view have settings of their own, and the network’s in common', async ({ page }) => {
  await open(
    page,
    `<diffusion-playground view="forward" t="400" schedule="cosine"></diffusion-playground>
     <diffusion-playground view="forward" t="400"></diffusion-playground>
     <diffusion-playground view="train" batch-size="8"></diffusion-playground>
     <diffusion-playground view="train"></diffusion-playground>`,
  );
  const elements = page.locator('diffusion-playground');
  for (const element of await elements.all()) await start(element);
  const [cosine, linear] = [elements.nth(0), elements.nth(1)];
  const noisy = (/** @type {import('@playwright/test').Locator} */ element) =>
    element.locator('diffusion-picture.mix');
  const before = { cosine: await drawn(noisy(cosine)), linear: await drawn(noisy(linear)) };
  expect(before.cosine).not.toBe(before.linear);
  expect(await pixels(cosine.locator('diffusion-picture.data'))).toBe(
    await pixels(linear.locator('diffusion-picture.data')),
  );
  await expect(linear.getByLabel('Noise schedule')).toHaveValue('linear');

  // Both are told of many answers: each keeps to its own.
  await linear.getByRole('slider', { name: 'Timestep t' }).fill('900');
  await expect.poll(() => pixels(noisy(linear))).not.toBe(before.linear);
  await linear.getByRole('slider', { name: 'Timestep t' }).fill('400');
  await expect.poll(() => pixels(noisy(linear))).toBe(before.linear);
  expect(await pixels(noisy(cosine))).toBe(before.cosine);

  await expect(elements.nth(3).getByLabel('Batch size')).toHaveValue('8');
});

test('a view that works with a network offers to train one', async ({ page }) => {
  await open(
    page,
    `<diffusion-playground view="sample" preset="tiny" batch-size="8" steps="2" count="1"></diffusion-playground>
     <diffusion-playground view="compare"></diffusion-playground>`,
  );
  const [sample, compare] = [
    page.locator('diffusion-playground').first(),
    page.locator('diffusion-playground').last(),
  ];
  for (const element of [sample, compare]) await start(element);
  await expect(compare.getByRole('button', { name: 'Train one here' })).toBeVisible();
  await compare.evaluate((element) => document.body.append(element));
  await expect(compare.getByRole('button', { name: 'Train one here' })).toHaveCount(1);
  await sample.getByRole('button', { name: 'Train one here' }).click();
  await sample.getByRole('button', { name: 'One step' }).click();
  await expect(compare.getByRole('button', { name: 'Train one here' })).toBeHidden();
  await sample.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect(sample.getByText(/^Done: 4 model calls|^Done: 2 model calls/)).toBeVisible();
});

test('the opening draws with the trained network that lies beside the script', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'webgpu', 'a software adapter compiles the shaders of guided steps for minutes');
  const asked = requests(page);
  await open(
    page,
    `<diffusion-playground view="opening" opening-digit="3"></diffusion-playground>
     <diffusion-playground view="sample"></diffusion-playground>`,
  );
  const [opening, sample] = await page.locator('diffusion-playground').all();
  await expect(opening).toContainText('Digits form from noise');
  const done = opening.evaluate(
    (it) =>
      new Promise((resolve) =>
        it.addEventListener('sample', (event) => resolve(/** @type {CustomEvent} */ (event).detail.view)),
      ),
  );
  await start(opening);
  await start(sample);
  await expect(opening.getByText(/^Drawn in .+ by the opened network MNIST DiT\.$/)).toBeVisible();
  expect(await done).toBe('opening');
  await expect(opening.getByRole('img', { name: 'Digit 3: done' })).toHaveCount(10);
  expect(asked.filter((name) => name.endsWith('.safetensors'))).toEqual(['models/mnist-dit.safetensors']);
  // Nothing here trains, and nothing has to: the other view has a network as well.
  await expect(opening.getByRole('button', { name: 'Train one yourself' })).toHaveCount(0);
  await expect(sample.getByRole('button', { name: 'Train one here' })).toBeHidden();
  await expect(sample).toContainText('Ready: the opened network MNIST DiT draws.');
});

test('controls and parts can be hidden', async ({ page }) => {
  await open(
    page,
    '<diffusion-playground view="forward" hide="histogram noise-seed"></diffusion-playground>',
  );
  const element = page.locator('diffusion-playground');
  await start(element);
  await drawn(element.locator('diffusion-picture.mix'));
  await expect(element.locator('diffusion-histogram')).toBeHidden();
  await expect(element.getByLabel('Noise seed')).toBeHidden();
  await expect(element.getByLabel('Noise schedule')).toBeVisible();
  await element.evaluate((it) => it.setAttribute('hide', 'formula'));
  await expect(element.locator('diffusion-histogram')).toBeVisible();
  await expect(element.locator('.formula')).toBeHidden();
});

test('events tell the host what happens', async ({ page }) => {
  await open(
    page,
    `<script>
       globalThis.heard = {};
       for (const type of ['ready', 'step', 'sample', 'error']) {
         document.body.addEventListener(type, ({ detail, composed }) => (heard[type] = { ...detail, composed }));
       }
     </script>
     <diffusion-playground view="train sample" preset="tiny" batch-size="8" grid-every="1" steps="2" count="1">
     </diffusion-playground>`,
  );
  const element = page.locator('diffusion-playground');
  const heard = () => page.evaluate(() => /** @type {any} */ (globalThis).heard);
  await start(element);
  await expect.poll(async () => (await heard()).ready?.backend).toMatch(/gpu|cpu/);
  await element.getByRole('button', { name: 'One step' }).click();
  await expect.poll(async () => (await heard()).step?.reports?.at(-1)?.step).toBe(1);
  await expect.poll(async () => (await heard()).sample?.view).toBe('train');
  await element.getByRole('button', { name: 'Sample', exact: true }).click();
  await expect.poll(async () => (await heard()).sample?.view).toBe('sample');
  expect((await heard()).sample).toMatchObject({ composed: true, frames: { count: 1, width: 28 } });
  expect((await heard()).error).toBeUndefined();
});

test.describe('without the rest of the program', () => {
  test.use({ expectedErrors: /Failed to load resource|Failed to fetch|<diffusion-playground>/ });

  test('there is a sentence, an event, and another try', async ({ page }) => {
    await page.route('**/views.js', (route) => route.fulfill({ status: 503 }));
    await open(page, '<diffusion-playground view="forward"></diffusion-playground>');
    const element = page.locator('diffusion-playground');
    const failed = element.evaluate(
      (it) => new Promise((resolve) => it.addEventListener('error', (event) => resolve(event.bubbles))),
    );
    await start(element);
    expect(await failed).toBe(true);
    await expect(element).toContainText('The program did not arrive');
    await expect(element.getByRole('button', { name: 'Try again' })).toBeEnabled();
  });
});

test('nothing leaks in or out', async ({ page }) => {
  await open(
    page,
    `<style>
       :root { --ink: red; --paper: red; font-size: 40px }
       * { color: red; letter-spacing: 1em; text-transform: uppercase }
       button, input { background: lime !important }
     </style>
     <p id="probe">The host’s own.</p>
     <diffusion-playground view="forward" theme="light"></diffusion-playground>`,
    '#t=900',
  );
  const styles = (/** @type {string} */ selector) =>
    page.locator(selector).evaluate((element) => {
      const { color, fontSize, letterSpacing, textTransform, fontFamily } = getComputedStyle(element);
      return { color, fontSize, letterSpacing, textTransform, fontFamily };
    });
  const probe = await styles('#probe');
  const sheets = await page.evaluate(() => document.styleSheets.length + document.adoptedStyleSheets.length);
  const entries = await page.evaluate(() => history.length);

  const element = page.locator('diffusion-playground');
  await start(element);
  const slider = element.getByRole('slider', { name: 'Timestep t' });
  await expect(slider).toHaveValue('250');
  await slider.fill('400');
  await drawn(element.locator('diffusion-picture.mix'));
  // A label's letters have 15/16 of the reader's size.
  expect(await styles('diffusion-control[name=t] label')).toMatchObject({
    color: 'rgb(34, 37, 42)',
    fontSize: '15px',
    letterSpacing: 'normal',
    textTransform: 'none',
  });
  await page.waitForTimeout(500);
  expect(page.url()).toMatch(/post\.html#t=900$/);
  expect(await page.evaluate(() => history.length)).toBe(entries);
  expect(await styles('#probe')).toEqual(probe);
  expect(await page.evaluate(() => document.styleSheets.length + document.adoptedStyleSheets.length)).toBe(
    sheets,
  );
});

test('the host chooses colours, and which theme', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(
    page,
    `<style>diffusion-playground { --paper: rgb(1, 2, 3) } #parts::part(frame) { border-width: 7px }</style>
     <diffusion-playground view="forward" id="parts"></diffusion-playground>
     <diffusion-playground view="forward" id="dark" theme="dark"></diffusion-playground>`,
  );
  const frame = page.locator('#parts .frame');
  await expect(frame).toHaveCSS('background-color', 'rgb(1, 2, 3)');
  await expect(frame).toHaveCSS('border-top-width', '7px');
  await expect(page.locator('#dark .frame')).toHaveCSS('color', 'rgb(231, 229, 223)');
});

test('from another origin, with its integrity proved', async ({ page, request, host, baseURL }) => {
  const address = at(baseURL)('playground.js');
  const hash = createHash('sha384')
    .update(await (await request.get(address)).body())
    .digest('base64');
  const integrity = (/** @type {string} */ digest) => `integrity="sha384-${digest}" crossorigin="anonymous"`;
  const element = '<diffusion-playground view="forward"></diffusion-playground>';
  await page.goto(await host(post(element, script(address, integrity(hash)))));
  await start(page.locator('diffusion-playground'));
  await drawn(page.locator('diffusion-playground diffusion-picture.mix'));
  expect(page.workers().length).toBe(1);
  expect(page.workers()[0].url()).toMatch(/^blob:/);
});

test.describe('changed on its way', () => {
  test.use({ expectedErrors: /integrity/ });

  test('the script does not run', async ({ page, host, baseURL }) => {
    const wrong = `integrity="sha384-${'A'.repeat(64)}" crossorigin="anonymous"`;
    const element = '<diffusion-playground view="forward"></diffusion-playground>';
    const refused = page.waitForEvent('console', (message) => message.text().includes('integrity'));
    await page.goto(await host(post(element, script(at(baseURL)('playground.js'), wrong))));
    await refused;
    expect(await page.evaluate(() => customElements.get('diffusion-playground') === undefined)).toBe(true);
  });
});

test('a frame without an origin has the graphics device', async ({ page, host, baseURL }, { project }) => {
  test.skip(project.name !== 'webgpu', 'there is none');
  const query = 'view=forward&device=gpu&start=load';
  const address = await host(
    post(
      `<iframe sandbox="allow-scripts" src="${at(baseURL)('embed.html')}?${query}" title="Noise" height="900"></iframe>`,
    ),
  );
  // It may be ready before anybody could ask.
  await page.addInitScript(() =>
    addEventListener('ready', (event) =>
      Object.assign(globalThis, { ready: /** @type {CustomEvent} */ (event).detail }),
    ),
  );
  await page.goto(address);
  const element = page.frameLocator('iframe').locator('diffusion-playground');
  const ready = () => element.evaluate(() => /** @type {any} */ (globalThis).ready);
  await expect.poll(ready, { timeout: 60_000 }).toMatchObject({ backend: 'gpu' });
  await drawn(element.locator('diffusion-picture.mix'));
});

test.describe('in a frame', () => {
  test('under a content security policy that allows no scripts but two hosts', async ({
    page,
    host,
    baseURL,
  }) => {
    const ours = new URL(baseURL ?? '').origin;
    const address = await host({
      headers: {
        'content-security-policy': `default-src 'none'; script-src ${ours}; frame-src ${ours}; style-src 'none'`,
      },
      body: post(
        `<iframe src="${at(baseURL)('embed.html')}?view=forward&t=600" title="Noise" height="300"></iframe>
         <script src="${at(baseURL)('embed-frame.js')}"></script>`,
      ),
    });
    await page.goto(address);
    const frame = page.frameLocator('iframe');
    await start(frame.locator('diffusion-playground'));
    await drawn(frame.locator('diffusion-picture.mix'));
    await expect(frame.getByRole('slider', { name: 'Timestep t' })).toHaveValue('600');
    await expect.poll(async () => (await page.locator('iframe').boundingBox())?.height).toBeGreaterThan(900);
  });

  test('in a sandbox', async ({ page, host, baseURL }) => {
    const address = await host(
      post(
        `<iframe sandbox="allow-scripts" src="${at(baseURL)('embed.html')}?view=forward" title="Noise"></iframe>
         <script src="${at(baseURL)('embed-frame.js')}"></script>`,
      ),
    );
    await page.goto(address);
    const frame = page.frameLocator('iframe');
    await start(frame.locator('diffusion-playground'));
    await drawn(frame.locator('diffusion-picture.mix'));
    await expect.poll(async () => (await page.locator('iframe').boundingBox())?.height).toBeGreaterThan(900);
  });

  test('whose height nobody else can set', async ({ page, host, baseURL }) => {
    const stranger = await host(
      `<script>parent.postMessage({ type: 'diffusion-playground height', height: 5000 }, '*')</script>`,
    );
    await page.goto(
      await host(
        post(
          `<script src="${at(baseURL)('embed-frame.js')}"></script>
           <iframe src="${at(baseURL)('embed.html')}?view=forward" title="Noise"></iframe>
           <iframe src="${stranger}" title="A stranger"></iframe>`,
        ),
      ),
    );
    const frames = page.locator('iframe');
    await expect.poll(async () => (await frames.first().boundingBox())?.height).toBeGreaterThan(160);
    for (const frame of await frames.all()) expect((await frame.boundingBox())?.height).toBeLessThan(1000);
  });
});

// The fixture is jekyll.md beside it, rendered by kramdown 2.4 with its parser for GitHub's Markdown, which Jekyll uses.
test('in a post as Jekyll renders it', async ({ page, host, baseURL }) => {
  const rendered = readFileSync('tests/fixtures/posts/jekyll.html', 'utf8');
  await page.goto(await host(post(rendered.replaceAll('PLAYGROUND/', at(baseURL)('')))));
  const element = page.locator('diffusion-playground');
  await start(element);
  await drawn(element.locator('diffusion-picture.mix'));
  await expect(element.getByRole('slider', { name: 'Timestep t' })).toHaveValue('400');
  await expect(element.locator('.formula')).toBeHidden();
});

test('the examples work, and none of them scrolls sideways', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('examples/');
  const live = page.locator('ul').first().getByRole('link');
  for (const address of await live.evaluateAll((links) => links.map((link) => link.getAttribute('href')))) {
    await page.goto(`examples/${address}`);
    const shown = (await page.locator('iframe').count()) ? page.frameLocator('iframe') : page;
    const element = shown.locator('diffusion-playground').first();
    await start(element);
    await drawn(element.locator('diffusion-picture.mix'));
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${address}`).toBe(390);
  }
  await page.goto('examples/');
  const files = page.locator('ul').nth(1).getByRole('link');
  for (const file of await files.evaluateAll((links) =>
    links.map((link) => /** @type {HTMLAnchorElement} */ (link).href),
  )) {
    expect(await (await page.request.get(file)).text()).toContain('diffusion-playground');
  }
});
