// The straight step that the deterministic samplers have in common, with the numbers of Euler's last one.

import { html, mathml } from 'lit';
import { SAMPLERS } from '../comparison.js';
import { three } from '../format.js';
import { strings } from '../language.js';
import { alphaBar, estimate, fraction, indexed, number, root, sign, symbol } from '../math.js';
import { model } from '../model.js';

const EULER = SAMPLERS.findIndex(({ sampler }) => sampler === 'euler');

/** @param {import('../rows.js').Rows} rows */
export function compareFormula(rows) {
  const step = rows.last(EULER);
  const isFlow = model.prediction === 'flow';
  const signal = isFlow ? [number('1'), sign('−'), symbol('s')] : root(alphaBar());
  const sigma = strings.compare.sigma(isFlow ? 's/(1−s)' : '√(1−ᾱ)/√ᾱ');
  const difference = [sign('('), indexed('σ', 's'), sign('−'), indexed('σ', 't'), sign(')')];
  return html`<div class="formula">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${scaled('s')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>${scaled('t')} ${sign('+')} ${difference} ${estimate('ε')}</mtd>
          <mtd><mtext>${strings.compare.with}</mtext></mtd>
          <mtd>${scaled('t')} ${sign('=')} ${fraction(indexed('x', 't', 'mix'), signal)}</mtd>
        </mtr>
        <mtr>
          <mtd>${scaled('s')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            ${scaled('t')} ${sign('+')} ${sign('(')} ${live(step?.sigmaNext)} ${sign('−')} ${live(step?.sigma)}
            ${sign(')')} ${estimate('ε')}
          </mtd>
        </mtr>
      </mtable>
    </math>
    <p class="reading">
      ${step ? strings.compare.eulerStep(step.step, step.steps, sigma) : strings.compare.euler(sigma)}
    </p>
  </div>`;
}

/** @param {number | undefined} sigma */
const live = (sigma) => number(sigma === undefined ? '…' : three(sigma), 'noise');

/** x in units of the digit. @param {string} index */
const scaled = (index) =>
  mathml`<msub class="mix"><mover accent="true"><mi>x</mi><mo>~</mo></mover>${symbol(index)}</msub>`;
