// Draws the formulas of pages: `node xtask/tex.js FILE...` puts MathML, which browsers draw without fonts or styles of
// anybody's, in the place of each <tex>.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import katex from 'katex';

/** Each is a command in a formula, as in \noise{\varepsilon}, and a class in page.css. */
const INKS = ['data', 'noise', 'mix', 'model'];

const FORMULA = /<tex( display)?>(.*?)<\/tex>/gs;

for (const file of process.argv.slice(2)) {
  const page = readFileSync(file, 'utf8');
  try {
    writeFileSync(
      file,
      page.replace(FORMULA, (_, display, tex) => mathml(tex, display !== undefined)),
    );
  } catch (error) {
    console.error(`${basename(file)}: ${/** @type {Error} */ (error).message}`);
    process.exit(1);
  }
}

/** @param {string} tex @param {boolean} display */
function mathml(tex, display) {
  const drawn = render(tex);
  if (/mathvariant="(?!normal)/.test(drawn)) {
    throw Error(`${tex}: browsers have no letters of this kind for MathML; write the letter itself, as in 𝔼`);
  }
  return `<math${display ? ' display="block"' : ''}>${drawn}</math>`;

  /** What KaTeX makes of it, without what repeats the formula as TeX. */
  function render(/** @type {string} */ tex) {
    try {
      // KaTeX writes no classes in MathML. A colour comes through as it is, and these are ours.
      const macros = Object.fromEntries(INKS.map((ink) => [`\\${ink}`, `\\textcolor{${ink}}{#1}`]));
      return katex
        .renderToString(tex, { output: 'mathml', displayMode: display, strict: 'error', macros })
        .replace(/^.*?<semantics>(.*)<annotation.*$/s, '$1')
        .replaceAll('<mstyle mathcolor=', '<mstyle class=')
        // Its bars around a term are relations to a browser, with space on both sides; those stand close, in braces.
        .replaceAll('stretchy="false">∣', 'stretchy="false">|')
        .replaceAll('stretchy="false">∥', 'stretchy="false">‖');
    } catch (error) {
      throw Error(`${tex}: ${/** @type {Error} */ (error).message}`);
    }
  }
}
