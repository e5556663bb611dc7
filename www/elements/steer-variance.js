// One starting noise, many tries: what chance on the way adds.

import { html, mathml } from 'lit';
import { fixed } from '../format.js';
import { fraction, indexed, number, root, sign, symbol } from '../math.js';
import { settings } from '../settings.js';
import { ETAS } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

/** So many of the tries are shown. */
const SHOWN = 6;

/** @type {import('./steer.js').View} */
export const variance = {
  promise:
    'All of these begin with the same noise. In the first row nothing more is left to chance, and every try comes out the same: the deviation is black. In the second row each step adds fresh noise, as DDPM does, and the tries part. Where the deviation is bright, they disagree.',
  button: 'Try them',
  controls: ['steerCount', 'steerClass', 'steerGuidance', 'steerSteps', 'steerSeed'],
  stage,
  formula,
};

const WORDS = ['DDIM: no fresh noise', 'as much fresh noise as DDPM has'];

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
      words: WORDS[row],
      pictures: [
        { frames: spread?.mean, label: `The mean with η = ${eta}`, caption: 'mean' },
        {
          frames: spread?.deviation,
          label: spread
            ? `The standard deviation with η = ${eta}: ${fixed(spread.overall, 3)} over all pixels`
            : `No standard deviation with η = ${eta} yet`,
          caption: 'deviation',
        },
        ...Array.from({ length: shown }, (_, index) => ({
          frames: samplesOf(leg),
          index,
          label: `Try ${index + 1} with η = ${eta}`,
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
      The standard deviation of each pixel over ${tries} tries, black being 0 and white 1. Its mean over all pixels:
      ${ETAS.map((eta, row) => `${row ? ', ' : ''}η = ${eta}: ${overall[row] === undefined ? '…' : fixed(overall[row], 3)}`)}.
    </p>
  </div>`;
}
