// The bound as a sum, with the numbers of the last evaluation.

import { html, mathml } from 'lit';
import { fixed, whole } from '../format.js';
import { strings } from '../language.js';
import { indexed, number, sign, symbol } from '../math.js';

/** @param {typeof import('../objective.js').objective} objective */
export function objectiveFormula({ sum, prior, reconstruction, terms, done }) {
  const known = sum !== undefined && prior !== undefined && reconstruction !== undefined;
  const previous = mathml`<mrow>${symbol('t')}${sign('−')}${number('1')}</mrow>`;
  const total = mathml`<munderover><mo>∑</mo><mrow>${symbol('t')}${sign('=')}${number('2')}</mrow><mi>T</mi></munderover>`;
  return html`<div class="formula">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${indexed('L', 'vlb')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            ${indexed('L', 'T', 'noise')} ${sign('+')} ${total} ${indexed('L', previous, 'model')} ${sign('+')}
            ${indexed('L', number('0'), 'data')}
          </mtd>
        </mtr>
        <mtr>
          <mtd>${number(known ? fixed(sum, 3) : '…')}</mtd>
          <mtd>${sign('≈')}</mtd>
          <mtd>
            ${number(known ? fixed(prior, 5) : '…', 'noise')} ${sign('+')}
            ${number(known ? fixed(sum - prior - reconstruction, 3) : '…', 'model')} ${sign('+')}
            ${number(known ? fixed(reconstruction, 3) : '…', 'data')}
          </mtd>
        </mtr>
      </mtable>
    </math>
    <p class="reading">
      ${known ? strings.objective[done ? 'known' : 'soFar'](whole(terms.length)) : strings.objective.unknown}
    </p>
  </div>`;
}
