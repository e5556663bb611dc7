// One step of DDIM, with the numbers of the ringed point.

import { html } from 'lit';
import { fixed } from '../format.js';
import { strings } from '../language.js';
import { alphaBar, estimate, indexed, number, root, sign, symbol } from '../math.js';

/**
 * @param {import('../points.js').Samples | undefined} samples
 * @param {number} stage the step that leads there is shown
 */
export function pointsFormula(samples, stage) {
  const from = Math.max(0, stage - 1);
  const step = samples && numbers(samples, from);
  const noise = (/** @type {string} */ index) => root([number('1'), sign('−'), alphaBar(index)]);
  return html`<div class="formula" tabindex="0" role="group" aria-labelledby="reading">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${indexed('x', 's', 'mix')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            ${root(alphaBar('s'))} ${estimate('x', '0')} ${sign('+')} ${noise('s')} ${estimate('ε')}
          </mtd>
        </mtr>
        <mtr>
          <mtd>${pair(step?.xS, 'mix')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            ${live(step?.signal, 'data')} ${symbol('⋅')} ${pair(step?.x0Hat, 'model')} ${sign('+')}
            ${live(step?.noise, 'noise')} ${symbol('⋅')} ${pair(step?.epsHat, 'model')}
          </mtd>
        </mtr>
      </mtable>
    </math>
    <p id="reading" class="reading">
      ${strings.points.reading(from + 1, samples ? samples.xT.length - 1 : '…')}
    </p>
  </div>`;
}

/** @param {import('../points.js').Samples} samples @param {number} from the stage before the step */
function numbers({ xT, x0Hat, signal, noise }, from) {
  const at = (/** @type {Float32Array} */ points) => [points[0], points[1]];
  const [xt, guess] = [at(xT[from]), at(x0Hat[from])];
  return {
    xS: at(xT[from + 1]),
    x0Hat: guess,
    epsHat: xt.map((value, axis) => (value - signal[from] * guess[axis]) / noise[from]),
    signal: signal[from + 1],
    noise: noise[from + 1],
  };
}

/** @param {number | undefined} value @param {import('../math.js').Ink} ink */
const live = (value, ink) =>
  number(value === undefined ? '…' : fixed(value, 2).replace('-0.00', '0.00').replace('-', '−'), ink);

/** @param {number[] | undefined} values @param {import('../math.js').Ink} ink */
const pair = (values, ink) => [
  sign('('),
  live(values?.[0], ink),
  sign(','),
  live(values?.[1], ink),
  sign(')'),
];
