// Pieces of formulas that carry live numbers, as MathML.

import { mathml } from 'lit';

/** The colour of a quantity: see page.css. @typedef {'data' | 'noise' | 'mix' | 'model' | 'plain'} Ink */

/** @param {string} name @param {Ink} ink */
export const symbol = (name, ink = 'plain') => mathml`<mi class=${ink}>${name}</mi>`;

/** @param {string} value @param {Ink} ink */
export const number = (value, ink = 'plain') => mathml`<mn class=${`live ${ink}`}>${value}</mn>`;

/** @param {string} sign */
export const sign = (sign) => mathml`<mo stretchy="false">${sign}</mo>`;

/** @param {string} name @param {unknown} index @param {Ink} ink */
export const indexed = (name, index, ink = 'plain') =>
  mathml`<msub class=${ink}><mi>${name}</mi>${typeof index === 'string' ? mathml`<mi>${index}</mi>` : index}</msub>`;

/** alpha-bar at `index`: what is left of the signal's variance. @param {unknown} index */
export const alphaBar = (index = 't') =>
  mathml`<msub><mover accent="true"><mi>α</mi><mo stretchy="false">¯</mo></mover>${
    typeof index === 'string' ? mathml`<mi>${index}</mi>` : index
  }</msub>`;

/** A hat: the model's estimate. @param {string} name @param {string} [index] */
export const estimate = (name, index) => {
  const hatted = mathml`<mover accent="true"><mi>${name}</mi><mo stretchy="false">^</mo></mover>`;
  return index
    ? mathml`<msub class="model">${hatted}<mn>${index}</mn></msub>`
    : mathml`<mrow class="model">${hatted}</mrow>`;
};

/** @param {unknown} content */
export const root = (content) => mathml`<msqrt>${content}</msqrt>`;

/** @param {unknown} above @param {unknown} below */
export const fraction = (above, below) => mathml`<mfrac><mrow>${above}</mrow><mrow>${below}</mrow></mfrac>`;
