// The closed form of the forward process with the numbers of this moment.

import { html } from 'lit';
import { fixed, three } from '../format.js';
import { alphaBar, fraction, indexed, number, root, sign, symbol } from '../math.js';

/** @param {import('./forward.js').Forward | undefined} view */
export function forwardFormula(view) {
  const t = `${view?.t ?? 't'}`;
  /** @param {number | undefined} value @param {import('../math.js').Ink} ink */
  const live = (value, ink) => number(value === undefined ? '…' : fixed(value, 3), ink);
  const oneMinus = [number('1'), sign('−'), alphaBar()];
  return html`<div class="formula">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${indexed('x', 't', 'mix')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            <mrow class="data">${root(alphaBar())}</mrow>${indexed('x', number('0'), 'data')}
            ${sign('+')}
            <mrow class="noise">${root(oneMinus)}</mrow>${symbol('ε', 'noise')}
          </mtd>
        </mtr>
        <mtr>
          <mtd>${indexed('x', number(t), 'mix')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            ${live(view?.signal, 'data')}${indexed('x', number('0'), 'data')}
            ${sign('+')}
            ${live(view?.noise, 'noise')}${symbol('ε', 'noise')}
          </mtd>
        </mtr>
        <mtr>
          <mtd><mtext>SNR</mtext></mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            ${fraction(alphaBar(), oneMinus)} ${sign('=')}
            ${fraction(live(view?.alphaBar, 'data'), live(view && 1 - view.alphaBar, 'noise'))}
            ${sign('=')} ${number(view ? three(view.snr) : '…')}
          </mtd>
        </mtr>
      </mtable>
    </math>
  </div>`;
}
