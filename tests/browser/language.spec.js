import { names, propertyOf } from '../../www/properties.js';
import english from '../../www/strings/en.js';
import chinese from '../../www/strings/zh.js';
import { expect, open, test } from './playground.js';

/** Every text of a table, by its path; what is made by a function as `()`. @param {object} table @param {string} [path] @returns {[string, string][]} */
const texts = (table, path = '') =>
  Object.entries(table).flatMap(([key, value]) => {
    if (typeof value === 'object') return texts(value, `${path}${key}.`);
    return [[`${path}${key}`, typeof value === 'string' ? value : '()']];
  });

/** Names, symbols and what has no word in it are the same in both. */
const SAME =
  /^(\(\)||U-Net|DiT|DDIM|DDPM|AutoencoderKL|MLP|HTML|Jekyll|Hugo|Quarto|MDX|Observable|attention|English|中文| ?v ?|ε .*)$/;

/** All that is written on the page, and said of it, the elements' shadows included. @param {import('@playwright/test').Page} page */
const said = (page) =>
  page.evaluate(() => {
    /** @type {string[]} */
    const found = [];
    /** @param {Document | ShadowRoot} root */
    const read = (root) => {
      for (const element of root.querySelectorAll('*')) {
        if (element.closest('script, style, code, math, .language, footer > p')) continue;
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
