// The measure that is the same for all, with the numbers of the last look.

import { html, mathml } from 'lit';
import { fixed } from '../format.js';
import { strings } from '../language.js';
import { estimate, fraction, indexed, number, sign, symbol } from '../math.js';
import { NAMES, race } from '../race.js';

export function raceFormula() {
  const looks = race.contenders.map(({ look }) => look);
  const square = mathml`<msup><mrow>${sign('‖')}${symbol('ε', 'noise')}${sign('−')}${estimate('ε')}${sign('‖')}</mrow><mn>2</mn></msup>`;
  const product = mathml`<munder><mo>∏</mo><mi>r</mi></munder>`;
  const roots = mathml`<msup>
    <mrow><mo>(</mo>${product}${fraction(number('1'), number('784'))}${square}<mo>)</mo></mrow>
    <mfrac><mn>1</mn><mn>9</mn></mfrac>
  </msup>`;
  return html`<div class="formula">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${symbol('E', 'model')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>${roots}</mtd>
        </mtr>
        ${looks.map(
          (look, index) => mathml`<mtr>
            <mtd>${indexed('E', NAMES[index], 'model')}</mtd>
            <mtd>${sign('=')}</mtd>
            <mtd>${number(look ? fixed(look.error, 4) : '…', 'model')}</mtd>
          </mtr>`,
        )}
      </mtable>
    </math>
    <p class="reading">
      ${strings.race.reading}
    </p>
  </div>`;
}
