// The simplified objective with the last step's numbers.

import { html, nothing } from 'lit';
import { fixed, whole } from '../format.js';
import { indexed, number, sign, symbol } from '../math.js';

/** @param {typeof import('../run.js').run} run */
export function trainFormula(run) {
  const loss = run.losses.at(-1);
  const predicted = [
    indexed('ε', 'θ', 'model'),
    sign('('),
    indexed('x', 't', 'mix'),
    sign(','),
    symbol('t'),
    sign(','),
    symbol('c'),
    sign(')'),
  ];
  return html`<div class="formula">
    <math display="block">
      ${indexed('L', 'simple')} ${sign('=')} ${symbol('𝔼')}
      ${sign('‖')} ${symbol('ε', 'noise')} ${sign('−')} ${predicted} <msup>${sign('‖')} ${number('2')}</msup>
      ${loss === undefined ? nothing : [sign('='), number(fixed(loss, 4), 'model')]}
    </math>
    <p class="reading">
      ${
        loss === undefined
          ? 'The mean over all pixels of a batch. A network that always answers 0 has a loss of 1.'
          : `Step ${whole(run.step)}: the mean over ${whole(run.config.batchSize ?? 0)} × 784 pixels. A network that
             always answers 0 has a loss of 1.`
      }
    </p>
  </div>`;
}
