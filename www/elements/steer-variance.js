// One starting noise, many tries: what chance on the way adds.

import { html, mathml } from 'lit';
import { fixed } from '../format.js';
import { strings } from '../language.js';
import { fraction, indexed, number, root, sign, symbol } from '../math.js';
import { settings } from '../settings.js';
import { ETAS } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

/** So many of the tries are shown. */
const SHOWN = 6;

/** @type {import('./steer.js').View} */
export const variance = {
  controls: ['steerCount', 'steerClass', 'steerGuidance', 'steerSteps', 'steerSeed'],
  stage,
  formula,
};

/** @param {Result | undefined} result */
function stage(result) {
  const shown = Math.min(SHOWN, result?.config.count ?? settings.get('steerCount'));
  return ETAS.map((eta, row) => {
    const leg = result?.legs[row];
    const spread = leg?.last?.spread ?? undefined;
    return strip({
      kind: 'tries',
      ink: 'model',
      symbol: `η = ${eta}`,
      words: strings.steer.etas[row],
      pictures: [
        { frames: spread?.mean, label: strings.steer.meanAt(eta), caption: strings.steer.meanCaption },
        {
          frames: spread?.deviation,
          label: spread
            ? strings.steer.deviationAt(eta, fixed(spread.overall, 3))
            : strings.steer.noDeviation(eta),
          caption: strings.steer.deviationCaption,
        },
        ...Array.from({ length: shown }, (_, index) => ({
          frames: samplesOf(leg),
          index,
          label: strings.steer.try(index + 1, eta),
          caption: index + 1,
        })),
      ],
    });
  });
}

/** @param {Result | undefined} result */
function formula(result) {
  const overall = ETAS.map((_, row) => result?.legs[row]?.last?.spread?.overall);
  const tries = result?.config.count ?? settings.get('steerCount');
  const difference = [
    sign('('),
    indexed('x', 'i', 'model'),
    sign('−'),
    mathml`<mover class="model" accent="true"><mi>x</mi><mo>¯</mo></mover>`,
    sign(')'),
  ];
  return html`<div class="formula">
    <math display="block">
      ${symbol('s')} ${sign('=')}
      ${root([
        fraction(number('1'), number(`${tries - 1}`)),
        mathml`<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mn>${tries}</mn></munderover>`,
        mathml`<msup><mrow>${difference}</mrow><mn>2</mn></msup>`,
      ])}
    </math>
    <p class="reading">
      ${strings.steer.spread(
        tries,
        strings.format.list(
          ETAS.map((eta, row) => `η = ${eta}: ${overall[row] === undefined ? '…' : fixed(overall[row], 3)}`),
        ),
      )}
    </p>
  </div>`;
}
