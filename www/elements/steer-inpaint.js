// A hole in a picture, filled in so that it fits what is around it.

import { html, mathml } from 'lit';
import { strings } from '../language.js';
import { alphaBar, indexed, number, root, sign, symbol } from '../math.js';
import { settings } from '../settings.js';
import { jumpLength, VARIANTS } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

/** @type {import('./steer.js').View} */
export const inpaint = {
  controls: ['steerHole', 'steerResamplings', 'steerClass', 'steerGuidance', 'steerSteps', 'steerSeed'],
  takesPicture: true,
  stage,
  formula,
};

const INDICES = Array.from({ length: VARIANTS }, (_, index) => index);

/** @param {Result | undefined} result */
function stage(result) {
  const [leg] = result?.legs ?? [];
  return html`
    ${strip({
      ink: 'mix',
      symbol: html`x<sub>t</sub>`,
      words: strings.steer.known,
      pictures: INDICES.map((index) => ({
        frames: leg?.last?.xT ?? leg?.start.xT,
        index,
        label: strings.steer.soFar(index + 1),
      })),
    })}
    ${strip({
      ink: 'model',
      symbol: html`x<sub>0</sub>`,
      words: strings.steer.wholePicture,
      pictures: INDICES.map((index) => ({
        frames: samplesOf(leg),
        index,
        label: strings.steer.filled(index + 1),
      })),
    })}
  `;
}

/** @param {Result | undefined} result */
function formula(result) {
  const { jumpLength: length, jumpNSample: times } =
    result?.steer.kind === 'inpaint'
      ? result.steer
      : { jumpLength: jumpLength(), jumpNSample: settings.get('steerResamplings') };
  const known = [
    root(alphaBar('s')),
    indexed('x', '0', 'data'),
    sign('+'),
    root([number('1'), sign('−'), alphaBar('s')]),
    symbol('ε', 'noise'),
  ];
  const m = symbol('m');
  const drawn = mathml`<msub class="model"><mover accent="true"><mi>x</mi><mo>~</mo></mover><mi>s</mi></msub>`;
  return html`<div class="formula">
    <math display="block">
      ${indexed('x', 's', 'mix')} ${sign('=')} ${m} ${sign('⊙')} ${sign('(')} ${known} ${sign(')')} ${sign('+')}
      ${sign('(')} ${number('1')} ${sign('−')} ${m} ${sign(')')} ${sign('⊙')} ${drawn}
    </math>
    <p class="reading">
      ${strings.steer.mask} ${times > 1 ? strings.steer.jumps(length, times) : strings.steer.noJumps}
    </p>
  </div>`;
}
