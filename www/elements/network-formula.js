// What attention computes, with the sizes of the opened block, and how adaLN-Zero adds it.

import { html, mathml, nothing } from 'lit';
import { three } from '../format.js';
import { strings } from '../language.js';
import { fraction, number, root, sign, symbol } from '../math.js';
import { rootMeanSquare } from './modulation.js';

/** @param {typeof import('../network.js').network} network */
export function networkFormula({ probe, opened }) {
  const shown = probe?.block === opened ? probe : undefined;
  const attention = shown?.attention[0];
  const width = (shown?.modulation.length ?? 0) / 6;
  return html`<div class="formula">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${symbol('A')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            <mtext>softmax</mtext>${sign('(')}${fraction(
              [symbol('Q'), mathml`<msup>${symbol('K')}<mi>T</mi></msup>`],
              root(symbol('d')),
            )}${sign(')')}
            ${
              attention
                ? [
                    sign(','),
                    symbol('A'),
                    sign('∈'),
                    mathml`<msup><mi>ℝ</mi><mrow>${number(`${attention.queries}`, 'model')}${sign('×')}${number(`${attention.keys}`, 'model')}</mrow></msup>`,
                  ]
                : nothing
            }
          </mtd>
        </mtr>
        ${
          width
            ? mathml`<mtr>
                <mtd><msup>${symbol('x')}<mo>′</mo></msup></mtd>
                <mtd>${sign('=')}</mtd>
                <mtd>
                  ${symbol('x')} ${sign('+')} <mi class="model">g</mi>${sign('(')}${symbol('c')}${sign(')')}
                  ${sign('⊙')} <mtext>${strings.network.attentionOf}</mtext>${sign('(')}${sign('(')}${number('1')} ${sign('+')}
                  <mi class="model">s</mi>${sign('(')}${symbol('c')}${sign(')')}${sign(')')} ${sign('⊙')}
                  <mtext>norm</mtext>${sign('(')}${symbol('x')}${sign(')')} ${sign('+')}
                  <mi class="model">b</mi>${sign('(')}${symbol('c')}${sign(')')}${sign(')')}
                </mtd>
              </mtr>`
            : nothing
        }
      </mtable>
    </math>
    <p class="reading">${reading(shown, attention, width)}</p>
  </div>`;
}

/**
 * @param {import('../network.js').ProbeView | undefined} probe
 * @param {import('../../pkg/diffusion_playground.js').AttentionView | undefined} attention
 * @param {number} width
 */
function reading(probe, attention, width) {
  const rows = strings.network.rows;
  if (!attention) return strings.network.rowsOpen(rows);
  if (!probe || !width) return strings.network.rowsHere(rows, attention.queries, attention.keys);
  const part = (/** @type {number} */ index) =>
    three(rootMeanSquare(probe.modulation.slice(index * width, (index + 1) * width)));
  return strings.network.modulated(probe.t, part(0), part(1), part(2));
}
