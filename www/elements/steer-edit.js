// From a picture, noised a part of the way, to samples that keep of it what the noise left.

import { html } from 'lit';
import { fixed } from '../format.js';
import { strings } from '../language.js';
import { indexed, number, sign, symbol } from '../math.js';
import { VARIANTS } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

/** @type {import('./steer.js').View} */
export const edit = {
  controls: ['steerStrength', 'steerClass', 'steerGuidance', 'steerSteps', 'steerSeed'],
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
      words: leg ? strings.steer.whereBeginsAt(leg.start.t + 1) : strings.steer.whereBegins,
      pictures: INDICES.map((index) => ({
        frames: leg?.start.xT,
        index,
        label: strings.steer.withNoise(index + 1),
      })),
    })}
    ${strip({
      ink: 'model',
      symbol: html`x<sub>0</sub>`,
      words: strings.steer.whatBecomes,
      pictures: INDICES.map((index) => ({
        frames: samplesOf(leg),
        index,
        label: strings.steer.whatBecomesOf(index + 1),
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
          ? strings.steer.beginsAt(start.t + 1, start.steps, result?.config.steps ?? '')
          : strings.steer.sectionOne
      }
    </p>
  </div>`;
}
