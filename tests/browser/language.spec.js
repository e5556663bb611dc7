import { names, propertyOf } from '../../www/properties.js';
import english from '../../www/strings/en.js';
import { core, others } from '../../www/strings/zh/core.js';
import { said as inChinese } from '../../www/strings/zh/said.js';
import chinese from '../../www/strings/zh.js';
import { coreSentences } from './core-sentences.js';
import { expect, open, test } from './playground.js';

/** Every text of a table, by its path; what is made by a function as `()`. @param {object} table @param {string} [path] @returns {[string, string][]} */
const texts = (table, path = '') =>
  Object.entries(table).flatMap(([key, value]) => {
    if (typeof value === 'object') return texts(value, `${path}${key}.`);
    return [[`${path}${key}`, typeof value === 'string' ? value : '()']];
  });

/** Names, symbols and what has no word in it are the same in both. */
const SAME =
  /^(\(\)||U-Net|DiT|DDIM|DDPM|Euler|Heun|DPM-Solver\+\+\(2M\)|UniPC|AutoencoderKL|MLP|HTML|Jekyll|Hugo|Quarto|MDX|Observable|attention|English|中文| ?v ?|ε .*)$/;

/** Sentences of the core with others in them: fields by the names of their controls, and what is quoted as it is. */
const NESTED = {
  'steps is 0, but must be from 1 to 1000': '“步数”是 0，但必须是 1 到 1000 之间的数',
  'guidance_scale is NaN, but must be from 0 to 100': '“引导强度 w”是 NaN，但必须是 0 到 100 之间的数',
  'block_out_channels is 3 long, but must be 1 to 16 long':
    '“block_out_channels”是 3 项，但必须是 1 到 16 项',
  'config is unreadable (expected value at line 1 column 1), but must be a JSON object':
    '“config”是读不懂的东西（这里应该有一个值（第 1 行第 1 列）），但必须是一个 JSON 对象',
  'this is not a safetensors file: it is a GGUF file': '这不是 safetensors 文件，而是 GGUF 文件',
  'the header cannot be read: "a.weight": invalid type: string "x", expected u32 at line 1 column 20':
    '文件头读不懂：“a.weight”：类型不对：这里是字符串“x”，应该是 u32（第 1 行第 20 列）',
  'the file lacks the tensor "a list" of shape [1]': '文件里缺少形状为 [1] 的张量“a list”',
  'A: the loss is no longer a number at step 7: restart with a lower learning rate':
    'A：在第 7 步，损失已经不是数了：请用更小的学习率重新开始',
  "the data are 60000 of [1, 28, 28] in 10 classes, the network needs examples of [4, 7, 7], an autoencoder's latents, and at most 10 classes":
    '数据是 10 个类别的 60000 个 [1, 28, 28]，而网络需要形状为 [4, 7, 7] 的样例（自编码器的潜变量），最多 10 个类别',
  'mid_block_type is 1, but must be UNetMidBlock2D, UNetMidBlock2DCrossAttn or null':
    '“mid_block_type”是 1，但必须是 UNetMidBlock2D、UNetMidBlock2DCrossAttn 或 null',
  'prediction_type is "x": it must be one of "epsilon", "sample"':
    'prediction_type 是 "x"：它必须是以下之一："epsilon", "sample"',
  'the computation broke off: panicked at a.rs:1: this is bad: 1 or 2 in a row':
    '计算中断了：panicked at a.rs:1: this is bad: 1 or 2 in a row',
  'This is an error: x is not a function': 'This is an error: x is not a function',
};

/** All that is written on the page, and said of it, the elements' shadows included. @param {import('@playwright/test').Page} page */
const said = (page) =>
  page.evaluate(() => {
    /** @type {string[]} */
    const found = [];
    /** @param {Document | ShadowRoot} root */
    const read = (root) => {
      for (const element of root.querySelectorAll('*')) {
        if (element.closest('script, style, code, math, .language, footer :is(p, li)')) continue;
        for (const node of element.childNodes) if (node instanceof Text) found.push(node.data.trim());
        for (const name of ['aria-label', 'aria-valuetext', 'title'])
          found.push(element.getAttribute(name) ?? '');
        if (element.shadowRoot) read(element.shadowRoot);
      }
    };
    read(document);
    // A letter alone is a symbol.
    return found.filter((text) => /\p{L}{2}/u.test(text));
  });

test.describe('the tables', () => {
  test.beforeEach(() => test.skip(test.info().project.name !== 'cpu', 'nothing here knows a device'));

  test('say the same things in both languages', () => {
    const [ours, theirs] = [texts(english), texts(chinese)];
    expect(theirs.map(([path]) => path).sort()).toEqual(ours.map(([path]) => path).sort());
    const left = new Map(theirs);
    expect(ours.filter(([path, text]) => left.get(path) === text && !SAME.test(text))).toEqual([]);
  });

  test('have a word for every choice of every setting', () => {
    for (const name of names) {
      /** @type {import('../../www/language.js').Words} */
      const said = english.properties[name];
      const words = Object.keys(said.choices ?? {});
      const { choices = [], classesOf } = propertyOf(name);
      const named = choices.filter((choice) => !/^(\d|no|yes)$/.test(choice));
      expect(words.sort(), `${name}, ${classesOf}`).toEqual([...named].sort());
    }
  });
});

test.describe('what the core says', () => {
  test.beforeEach(() => test.skip(test.info().project.name !== 'cpu', 'nothing here knows a device'));

  const PLACES = /\{[^}]*\}/g;

  test('can be said in Chinese, with all that goes into it', () => {
    const sentences = coreSentences();
    expect(sentences.length).toBeGreaterThan(200);
    for (const sentence of sentences) {
      let next = 701;
      const chinese = inChinese(sentence.replace(PLACES, () => `${next++}`));
      expect(chinese, sentence).toMatch(/\p{Script=Han}/u);
      expect(chinese.replaceAll(/[“"`].*?[”"`]/g, ''), sentence).not.toMatch(
        /[a-z]{2,} (?!lfs)[a-z]{2,} [a-z]{2,}/,
      );
      for (let number = 701; number < next; number++) expect(chinese, sentence).toContain(`${number}`);
    }
  });

  test('is all that the table translates, and has the same places there', () => {
    const sentences = coreSentences();
    for (const [english, chinese] of Object.entries({ ...core, ...others })) {
      const places = (/** @type {string} */ text) => [...new Set(text.match(PLACES))].sort();
      expect(places(chinese), english).toEqual(places(english));
    }
    const unused = Object.keys(core).filter((english) => {
      const pattern = english.split(PLACES).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return !sentences.some((sentence) => new RegExp(`^${pattern.join('.*')}$`).test(sentence));
    });
    expect(unused, 'nothing says this any longer').toEqual([]);
  });

  test('is found again within other sentences', () => {
    for (const [english, chinese] of Object.entries(NESTED)) expect(inChinese(english)).toBe(chinese);
  });
});

test.describe('the Chinese page', () => {
  test.beforeEach(() => test.skip(test.info().project.name !== 'cpu', 'the same words on every device'));

  test('leaves nothing in English', async ({ page }) => {
    await page.goto('zh.html#model=none');
    await expect(page.locator('diffusion-device')).toContainText('在 CPU 上运行');
    await expect(page.locator('diffusion-latent')).toContainText('训练自编码器');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-Hans');
    for (const text of await page
      .locator('header > :is(h1, p), main > :is(h2, h3, p), main > details :is(summary, p)')
      .allTextContents()) {
      expect(text).toMatch(/\p{Script=Han}/u);
    }
    const ours = new Set(texts(english).map(([, text]) => text));
    const theirs = new Set(texts(chinese).map(([, text]) => text));
    const here = await said(page);
    expect(here.filter((text) => ours.has(text) && !theirs.has(text))).toEqual([]);
    // Sentences that functions make: words of English, and not a character of Chinese.
    expect(
      here.filter((text) => /[a-z]{2,} [a-z]{2,} [a-z]{2,}/.test(text) && !/\p{Script=Han}/u.test(text)),
    ).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1280);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  test('says in Chinese what is wrong with a value', async ({ page }) => {
    await page.goto('zh.html#model=none&t=2000&colour=red');
    await expect(
      page.getByRole('alert').filter({ hasText: '网址把 t 设为“2000”，但它必须是 0 到 1,000 之间的整数' }),
    ).toBeVisible();
    await expect(page.getByRole('alert').filter({ hasText: '没有这个设置' })).toBeVisible();
  });

  test.describe('with trouble', () => {
    test.use({ expectedErrors: /Failed to load resource/ });

    test('says in Chinese what the core says of it', async ({ page }) => {
      const bytes = await (await page.request.get('data/mnist-test.pack')).body();
      await page.route('**/mnist-test.pack', (route) => route.fulfill({ body: bytes.subarray(0, 20) }));
      await page.goto('zh.html#model=none');
      await expect(page.locator('diffusion-device')).toContainText(
        /在 CPU 上运行，因为(这个浏览器不提供 WebGPU|没有可用的显卡)。/,
      );
      await expect(page.locator('diffusion-forward').getByRole('alert')).toContainText(
        '测试图像没有送达：打包文件被截断或损坏了：文件头说有 28 个字节，实际有 20 个。',
      );

      const header = JSON.stringify({ w: { dtype: 'F32', shape: [4], data_offsets: [0, 12] } });
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      const opening = page.locator('diffusion-open');
      for (const [content, complaint] of /** @type {[Buffer, string][]} */ ([
        [
          Buffer.concat([length, Buffer.from(header.slice(0, 30))]),
          `文件头自称有 ${header.length} 个字节，但后面只有 30 个。`,
        ],
        [
          Buffer.concat([length, Buffer.from(header), Buffer.alloc(12)]),
          '按类型和形状，张量“w”需要 16 个字节，但它的偏移量 0..12 之间有 12 个。',
        ],
        [Buffer.from('<!doctype html><title>Sign in</title>'), '这不是 safetensors 文件，而是网页；'],
      ])) {
        const choosing = page.waitForEvent('filechooser');
        await opening.getByRole('button', { name: '打开文件', exact: true }).click();
        const chooser = await choosing;
        await chooser.setFiles({ name: 'a.safetensors', mimeType: '', buffer: content });
        await expect(opening.getByRole('alert')).toContainText(`打不开：${complaint}`);
      }

      // What no control lets through.
      await page.workers()[0].evaluate(() => {
        const data = { type: 'newPoints', shape: 'two-moons', count: 100, config: { learningRate: 5 } };
        self.dispatchEvent(new MessageEvent('message', { data }));
      });
      await expect(page.locator('diffusion-points').getByRole('alert')).toContainText(
        '“学习率”是 5，但必须是 0 到 1 之间的数。',
      );
    });
  });

  test('is one click from the English one, and the settings stay', async ({ page }) => {
    await open(page, '#t=400');
    await page.getByRole('link', { name: '中文' }).click();
    await expect(page.getByRole('slider', { name: '时间步 t' })).toHaveValue('400');
    await expect(page).toHaveURL(/zh\.html#.*t=400/);
    await page.goto('index.html#model=none&t=300');
    await expect(page, 'whoever chose Chinese gets it').toHaveURL(/zh\.html#.*t=300/);
    await page.getByRole('link', { name: 'English' }).click();
    await expect(page.getByRole('slider', { name: 'Timestep t' })).toHaveValue('300');
    await expect(page).toHaveURL(/index\.html#/);
  });

  test.describe('for a browser that speaks Chinese', () => {
    test.use({ locale: 'zh-CN' });

    test('comes by itself, unless English was asked for', async ({ page }) => {
      await page.goto('#model=none&t=200');
      await expect(page.getByRole('slider', { name: '时间步 t' })).toHaveValue('200');
      await page.goto('?lang=en#model=none&t=200');
      await expect(page.getByRole('slider', { name: 'Timestep t' })).toHaveValue('200');
    });
  });
});
