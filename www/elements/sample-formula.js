// How the guess at the noise gives a guess at the digit, with the numbers of the step on show.

import { html, nothing } from 'lit';
import { curves } from '../curves.js';
import { fixed } from '../format.js';
import { alphaBar, estimate, fraction, indexed, number, root, sign } from '../math.js';

/**
 * @param {import('../trajectory.js').SampleStep | undefined} step
 * @param {typeof import('../trajectory.js').trajectory} trajectory
 */
export function sampleFormula(step, trajectory) {
  const left = step && curves.of(trajectory.schedule)?.alphasCumprod[Math.round(step.t)];
  const oneMinus = [number('1'), sign('−'), alphaBar()];
  return html`<div class="formula">
    <math display="block">
      ${estimate('x', '0')} ${sign('=')}
      ${fraction([indexed('x', 't', 'mix'), sign('−'), root(oneMinus), estimate('ε')], root(alphaBar()))}
      ${step && left !== undefined ? [sign('='), withNumbers(step.t, left)] : nothing}
    </math>
  </div>`;
}

/**
 * @param {number} t the schedule's index, which counts from 0
 * @param {number} left alpha-bar there
 */
const withNumbers = (t, left) =>
  fraction(
    [
      indexed('x', number(`${t + 1}`), 'mix'),
      sign('−'),
      number(fixed(Math.sqrt(1 - left), 3), 'noise'),
      estimate('ε'),
    ],
    number(fixed(Math.sqrt(left), 3), 'data'),
  );
