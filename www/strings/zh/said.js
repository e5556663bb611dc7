// The core speaks English. Here a sentence of it is found again by what it was made from, and said in Chinese.

import { core, others } from './core.js';
import properties from './properties.js';

/** A place for what goes into a sentence. */
const PLACE = /\{(\w+)\}/;

const WORD = '\\S*';
const NUMBER = '-?(?:[\\d.]+(?:e-?\\d+)?|NaN|inf)';
/** What goes into places of these names; into others, anything. @type {Record<string, string>} */
const NARROW = {
  ...{ field: WORD, key: WORD, a: WORD, b: WORD, c: WORD },
  ...{ count: NUMBER, min: NUMBER, max: NUMBER, index: NUMBER, line: NUMBER, column: NUMBER },
  json: '(?=["\\d{[-]|true|false|null).*?',
};

/** The sentences with the most words of their own first: `{a} or {b}` fits many. */
const known = Object.entries({ ...core, ...others })
  .map(([english, chinese]) => {
    // Texts, and between them the names of the places.
    const parts = english.split(PLACE);
    const pattern = parts.map((part, index) => {
      if (index % 2) return `(${NARROW[part] ?? '.*?'})`;
      return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    });
    return {
      pattern: new RegExp(`^${pattern.join('')}$`, 's'),
      chinese: chinese.split(PLACE),
      // What stands in quotation marks is a name: it stays.
      places: parts.flatMap((name, index) =>
        index % 2 ? [{ name, quoted: /["`]$/.test(parts[index - 1]) }] : [],
      ),
      length: english.replaceAll(new RegExp(PLACE, 'g'), '').length,
    };
  })
  .sort((a, b) => b.length - a.length);

/**
 * A sentence of the core in Chinese, with what it says within it; as it is where it is not known.
 * @param {string} message
 * @returns {string}
 */
export function said(message) {
  for (const { pattern, chinese, places } of known) {
    const found = pattern.exec(message);
    if (!found) continue;
    const parts = Object.fromEntries(
      places.map(({ name, quoted }, index) => {
        const part = found[index + 1];
        return [name, name === 'field' ? labelOf(part) : quoted ? part : said(part)];
      }),
    );
    return chinese.map((part, index) => (index % 2 ? parts[part] : part)).reduce(join);
  }
  return message;
}

/** A field is called what its control is called. @param {string} field */
function labelOf(field) {
  const name = field.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  return Object.hasOwn(properties, name)
    ? properties[/** @type {keyof typeof properties} */ (name)].label
    : field;
}

/** Between Chinese and Latin letters there is a space, between Chinese ones there is none. @param {string} a @param {string} b */
function join(a, b) {
  const chinese = /[\p{Script=Han}，。：；、“”（）]/u;
  if (a.endsWith(' ') && chinese.test(b[0] ?? '')) return a.trimEnd() + b;
  if (b.startsWith(' ') && chinese.test(a.at(-1) ?? '')) return a + b.trimStart();
  return a + b;
}
