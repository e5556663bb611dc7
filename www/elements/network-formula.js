// What attention computes, with the sizes of the opened block, and how adaLN-Zero adds it.

import { html, mathml, nothing } from 'lit';
import { three } from '../format.js';
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
                  ${sign('⊙')} <mtext>attention</mtext>${sign('(')}${sign('(')}${number('1')} ${sign('+')}
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
  const rows = 'Every row of A adds up to 1: it says how one place shares out its attention.';
  if (!attention) return `${rows} Open a block with attention, and the sizes are its own.`;
  if (!probe || !width) return `${rows} Here ${attention.queries} places look at ${attention.keys}.`;
  const part = (/** @type {number} */ index) =>
    three(rootMeanSquare(probe.modulation.slice(index * width, (index + 1) * width)));
  return `At t = ${probe.t} shift b, scale s and gate g of the attention have root mean squares of ${part(0)}, ${part(1)} and ${part(2)}.`;
}
