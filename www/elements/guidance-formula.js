// Guidance as a straight line through two guesses, for each scale of the grid.

import { html, mathml } from 'lit';
import { SCALES } from '../guidance-grid.js';
import { strings } from '../language.js';
import { number, sign, symbol } from '../math.js';
import { settings } from '../settings.js';

export function guidanceFormula() {
  return html`<div class="formula">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${guess('w')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>${guess('∅')} ${sign('+')} ${symbol('w')} ${sign('(')}${guess('c')} ${sign('−')} ${guess('∅')}${sign(')')}</mtd>
        </mtr>
        ${SCALES.map(
          (scale) => mathml`<mtr>
            <mtd>${guess(`${scale}`)}</mtd>
            <mtd>${sign('=')}</mtd>
            <mtd>${combination(scale)}</mtd>
          </mtr>`,
        )}
      </mtable>
    </math>
    <p class="reading">
      ${strings.guidance.reading(rescaling())}
    </p>
  </div>`;
}

function rescaling() {
  const percent = Math.round(100 * settings.get('guidanceRescale'));
  return percent ? strings.guidance.rescaled(percent) : strings.guidance.unscaled;
}

/** The same formula with its brackets dissolved. @param {number} w */
function combination(w) {
  if (w === 1) return guess('c');
  return [number(`${w}`), guess('c'), sign('−'), number(w === 2 ? '' : `${w - 1}`), guess('∅')];
}

/** @param {string} index */
const guess = (index) =>
  mathml`<msub class="model"><mover accent="true"><mi>ε</mi><mo stretchy="false">^</mo></mover><mi>${index}</mi></msub>`;
