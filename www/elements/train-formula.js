// The objective with the last step's numbers.

import { html, mathml, nothing } from 'lit';
import { fixed, whole } from '../format.js';
import { strings } from '../language.js';
import { indexed, number, sign, symbol } from '../math.js';
import { definitionOf, targets } from '../predictions.js';

/** @param {typeof import('../run.js').run} run */
export function trainFormula(run) {
  const loss = run.losses.at(-1);
  const prediction = run.config.prediction ?? 'epsilon';
  const { symbol: target, network } = targets[prediction];
  const seen = [indexed('x', 't', 'mix'), sign(','), symbol('t'), sign(','), symbol('c')];
  return html`<div class="formula">
    <math display="block">
      ${indexed('L', 'simple')} ${sign('=')} ${symbol('𝔼')}
      ${sign('‖')} ${target} ${sign('−')} ${network(seen)} ${mathml`<msup>${sign('‖')} ${number('2')}</msup>`}
      ${loss === undefined ? nothing : [sign('='), number(fixed(loss, 4), 'model')]}
    </math>
    <p class="reading">
      ${
        loss === undefined
          ? strings.train.mean
          : strings.train.meanAt(whole(run.step), whole(run.config.batchSize ?? 0))
      }
      ${prediction === 'epsilon' ? strings.train.zero : definitionOf(prediction)}
    </p>
  </div>`;
}
