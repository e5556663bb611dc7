// Draws the formulas of pages: `node xtask/tex.js FILE...` puts MathML, which browsers draw by themselves, in the place of
// each <tex>, and drops the indentation, which no reader sees.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import katex from 'katex';

/** Each is a command in a formula, as in \noise{\varepsilon}, and a class in page.css. */
const INKS = ['data', 'noise', 'mix', 'model'];

const FORMULA = /<tex( display)?>(.*?)<\/tex>/gs;

for (const file of process.argv.slice(2)) {
  const page = readFileSync(file, 'utf8');
  const drawn = page.replace(FORMULA, (_, display, tex) => {
    try {
      return mathml(tex, display !== undefined);
    } catch (error) {
      console.error(`${basename(file)}: <tex>${tex}</tex>: ${/** @type {Error} */ (error).message}`);
      process.exit(1);
    }
  });
  writeFileSync(file, drawn.replace(/\n +/g, '\n'));
}

/** @param {string} tex @param {boolean} display */
function mathml(tex, display) {
  // KaTeX writes no classes in MathML. But a colour's name comes through as it is, and these are ours.
  const macros = Object.fromEntries(INKS.map((ink) => [`\\${ink}`, `\\textcolor{${ink}}{#1}`]));
  const whole = katex.renderToString(tex, {
    output: 'mathml',
    displayMode: display,
    strict: 'error',
    macros,
  });
  // Without what repeats it as TeX. Bars are relations in it, with space on both sides; around a term in braces they stand
  // close if they are these.
  const drawn = whole
    .replace(/^.*?<semantics>(.*)<annotation.*$/s, '$1')
    .replaceAll('<mstyle mathcolor=', '<mstyle class=')
    .replaceAll('stretchy="false">∣', 'stretchy="false">|')
    .replaceAll('stretchy="false">∥', 'stretchy="false">‖');
  if (/mathvariant="(?!normal)/.test(drawn)) {
    throw Error('browsers know no such letters in MathML; write the letter itself, as in 𝔼');
  }
  return `<math${display ? ' display="block"' : ''}>${drawn}</math>`;
}
