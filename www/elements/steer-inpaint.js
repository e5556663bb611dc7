// A hole in a picture, filled in so that it fits what is around it.

import { html, mathml } from 'lit';
import { alphaBar, indexed, number, root, sign, symbol } from '../math.js';
import { settings } from '../settings.js';
import { jumpLength, VARIANTS } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

/** @type {import('./steer.js').View} */
export const inpaint = {
  promise:
    'A part of a digit is wiped out, and the network fills it in, five times over. After every step the part that is known is put back, with as much noise as the step has left. So the new strokes have to join the old ones.',
  button: 'Fill the hole',
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
      words: 'the known part with noise, the hole so far',
      pictures: INDICES.map((index) => ({
        frames: leg?.last?.xT ?? leg?.start.xT,
        index,
        label: `The picture so far, number ${index + 1}`,
      })),
    })}
    ${strip({
      ink: 'model',
      symbol: html`x<sub>0</sub>`,
      words: 'the whole picture, as the network guesses it; at the end, filled in',
      pictures: INDICES.map((index) => ({
        frames: samplesOf(leg),
        index,
        label: `Filled in, number ${index + 1}`,
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
      m is 1 where the picture is known and 0 in the hole; x̃ is what the step gave, one with fresh noise, η = 1.
      ${
        times > 1
          ? `Every ${length === 1 ? 'step' : `${length} steps`} it jumps back as far, with fresh noise, and goes that stretch ${times} times in all.`
          : 'Without jumps back: each step is gone once.'
      }
    </p>
  </div>`;
}
