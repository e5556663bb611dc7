// From a picture, noised a part of the way, to samples that keep of it what the noise left.

import { html } from 'lit';
import { fixed } from '../format.js';
import { indexed, number, sign, symbol } from '../math.js';
import { VARIANTS } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

/** @type {import('./steer.js').View} */
export const edit = {
  promise:
    'A digit, or your drawing, sinks into noise, but not to the ground. From there the network takes over. Little noise, and it tidies up what you drew; much noise, and only the rough shape is left to go by. Each of the five has noise of its own.',
  button: 'Draw from it',
  controls: ['steerStrength', 'steerClass', 'steerGuidance', 'steerSteps', 'steerSeed'],
  takesPicture: true,
  stage,
  formula,
};

const INDICES = Array.from({ length: VARIANTS }, (_, index) => index);

/** @param {Result | undefined} result */
function stage(result) {
  const [leg] = result?.legs ?? [];
  const t = leg ? ` at t = ${leg.start.t + 1}` : '';
  return html`
    ${strip({
      ink: 'mix',
      symbol: html`x<sub>t</sub>`,
      words: `the picture with noise${t}: where it begins`,
      pictures: INDICES.map((index) => ({
        frames: leg?.start.xT,
        index,
        label: `The picture with noise, number ${index + 1}`,
      })),
    })}
    ${strip({
      ink: 'model',
      symbol: html`x<sub>0</sub>`,
      words: 'what becomes of it',
      pictures: INDICES.map((index) => ({
        frames: samplesOf(leg),
        index,
        label: `What becomes of it, number ${index + 1}`,
      })),
    })}
  `;
}

/** @param {Result | undefined} result */
function formula(result) {
  const start = result?.legs[0]?.start;
  const live = (/** @type {number | undefined} */ value, /** @type {import('../math.js').Ink} */ ink) =>
    number(value === undefined ? '…' : fixed(value, 3), ink);
  return html`<div class="formula">
    <math display="block">
      ${indexed('x', 't', 'mix')} ${sign('=')} ${live(start?.signal, 'data')} ${indexed('x', '0', 'data')} ${sign('+')}
      ${live(start?.noise, 'noise')} ${symbol('ε', 'noise')}
    </math>
    <p class="reading">
      ${
        start
          ? `Begins at t = ${start.t + 1}: ${start.steps} of the ${result?.config.steps} steps are left to take.`
          : 'The formula of section one, and then the rest of the way back.'
      }
    </p>
  </div>`;
}
