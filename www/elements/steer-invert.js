// A picture to the noise that gives it, and back; then the same noise, told every digit in turn.

import { html } from 'lit';
import { fixed } from '../format.js';
import { alphaBar, estimate, indexed, number, root, sign } from '../math.js';
import { stepCounts } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** @type {import('./steer.js').View} */
export const invert = {
  promise:
    'A real digit walks DDIM’s way backwards, towards noise; none is added. From where it arrives, DDIM leads back to the very same digit, the better the smaller the steps. Then the same start is told to be each of the ten digits: what stays is the handwriting. But is it noise? Look at the figures.',
  button: 'There and back',
  controls: ['steerSteps', 'steerGuidance'],
  takesPicture: true,
  stage,
  formula,
};

/** @param {Result | undefined} result */
function stage(result) {
  const counts = result?.steer.kind === 'invert' ? result.steer.steps : stepCounts();
  const legs = result?.legs ?? [];
  const again = legs[2 * counts.length];
  return html`
    ${counts.map((count, row) => {
      const [there, back] = [legs[2 * row], legs[2 * row + 1]];
      const { noise } = there?.last ?? {};
      const error = back?.last?.error ?? undefined;
      const steps = `${count} ${count === 1 ? 'step' : 'steps'}`;
      return html`<li class="strip trip">
        <p class="about"><b>${steps}</b><span class="help">there, and as many back</span></p>
        <div class="pictures">
          <div class="one">
            <diffusion-picture .frames=${result?.source} label="The picture"></diffusion-picture>
            <span class="caption"><b class="data">x<sub>0</sub></b></span>
          </div>
          <div class="one">
            <diffusion-picture .frames=${there?.last?.xT} label=${`The noise it becomes in ${steps}`}></diffusion-picture>
            <span class="caption"><b class="mix">x<sub>T</sub></b></span>
          </div>
          <div class="one">
            <diffusion-picture .frames=${samplesOf(back)} label=${`What comes back in ${steps}`}></diffusion-picture>
            <span class="caption"><b class="model">x̂<sub>0</sub></b></span>
          </div>
        </div>
        <dl class="figures">
          ${figure('Mean', noise?.mean, '0')} ${figure('Deviation', noise?.standardDeviation, '1')}
          ${figure('Neighbours', noise?.neighbourCorrelation, '0')} ${figure('Error', error)}
        </dl>
      </li>`;
    })}
    ${strip({
      kind: 'ten',
      ink: 'model',
      symbol: 'The same noise',
      words: 'told each digit',
      pictures: DIGITS.map((digit) => ({
        frames: samplesOf(again),
        index: digit,
        label: `The same noise, told to be ${digit}`,
        caption: digit,
      })),
    })}
  `;
}

/** @param {string} name @param {number | undefined} value @param {string} [ideal] of pure noise */
const figure = (name, value, ideal) => html`<div>
  <dt>${name}</dt>
  <dd>${value === undefined ? '–' : fixed(value, 3).replace('-', '−')}</dd>
  ${ideal ? html`<dd class="ideal">noise: ${ideal}</dd>` : html`<dd class="ideal">of what came back</dd>`}
</div>`;

/** @param {Result | undefined} result */
function formula(result) {
  const trips = (result?.legs ?? []).filter(({ last }) => last?.error !== undefined && last.error !== null);
  const last = trips.at(-1)?.last;
  return html`<div class="formula">
    <math display="block">
      ${indexed('x', 's', 'mix')} ${sign('=')} ${root(alphaBar('s'))} ${estimate('x', '0')} ${sign('+')}
      ${root([number('1'), sign('−'), alphaBar('s')])} ${estimate('ε')}
    </math>
    <p class="reading">
      DDIM’s step, with s noisier than t on the way there. The error is the root mean square over all pixels, black being
      −1 and white 1${last ? html`: with ${last.steps} steps, <span class="live">${fixed(last.error ?? 0, 3)}</span>` : ''}.
      Neighbours is the correlation of pixels side by side.
    </p>
  </div>`;
}
