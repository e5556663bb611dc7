// The words of the page. English is always there; the table of another language is fetched when that is spoken.

import english from './strings/en.js';

/** @typedef {typeof english} Strings */
/** @typedef {{ label: string, classLabel?: string, help: string, choices?: Record<string, string> }} Words */

/** The table of the language that is spoken. Read it when drawing: it may change until then. @type {Strings} */
export let strings = english;

/** @type {import('./languages.js').Language} */
export let language = 'en';

/** Says everything in a language from now on. @param {import('./languages.js').Language} wanted */
export async function speak(wanted) {
  if (wanted === language) return;
  try {
    strings = wanted === 'zh' ? (await import('./strings/zh.js')).default : english;
    language = wanted;
  } catch (error) {
    console.warn(`The table of the language “${wanted}” did not arrive:`, error);
  }
}

/** What a setting is called. @param {import('./properties.js').Name} name */
export function wordsOf(name) {
  /** @type {Record<import('./properties.js').Name, Words>} */
  const words = strings.properties;
  return words[name];
}

/**
 * A sentence with elements in it: what stands for `{name}` takes its place.
 * @param {string} sentence
 * @param {Record<string, unknown>} parts
 */
export const fill = (sentence, parts) =>
  sentence.split(/\{(\w+)\}/).map((text, index) => (index % 2 ? parts[text] : text));
