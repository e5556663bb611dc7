// What the core can say, found in its source.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../crate/src/', import.meta.url));

/** What only the command line and the measurements say; tests. */
const ELSEWHERE =
  /^bin\/|^evaluate\/(figures|samples|training)\.rs|^web\/forward_pass\.rs|(^|\/)tests(\/|\.rs)/;

/** Comments, texts (the second group), raw texts, characters and lifetimes. */
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\br(#*)"[\s\S]*?"\1|"((?:\\[\s\S]|[^"\\])*)"|'(?:\\[^']+|[^'\\])'|'\w+/g;

/** What precedes a text that is for whoever reads the code, or the console. */
const FOR_PROGRAMMERS =
  /(expect\(|(panic|unreachable|assert\w*|log::\w+)!\([^;]*|(?<!let )reason = |tsify\(type = )\s*$/;

/** Names of devices. */
const NAMES = new Set(['CUDA device 0', 'unnamed adapter', 'basic render']);

/** A word of English beside another word: what goes into the text and what is quoted in it is none. */
const WORDS = /[a-z]{2,} | [a-z]{2,}/;

/** All sentences of the core and parts of such, each with places in braces. */
export function coreSentences() {
  /** @type {Set<string>} */
  const found = new Set();
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
  for (const file of files) {
    if (!file.endsWith('.rs') || ELSEWHERE.test(file)) continue;
    const [source] = readFileSync(SOURCE + file, 'utf8').split('#[cfg(test)]\nmod tests {');
    for (const token of source.matchAll(TOKEN)) {
      const before = source.slice(Math.max(0, token.index - 200), token.index);
      if (token[2] === undefined || FOR_PROGRAMMERS.test(before)) continue;
      const text = token[2].replace(/\\\n\s*/g, '').replaceAll('\\"', '"');
      if (WORDS.test(text.trim().replace(/\{[^}]*\}|"[^"]*"/g, '')) && !NAMES.has(text)) found.add(text);
    }
  }
  return [...found];
}
