// A picture to the noise that gives it, and back; then the same noise, told every digit in turn.

import { html } from 'lit';
import { fixed } from '../format.js';
import { fill, strings } from '../language.js';
import { alphaBar, estimate, indexed, number, root, sign } from '../math.js';
import { stepCounts } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** @type {import('./steer.js').View} */
export const invert = {
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
      const steps = strings.steer.steps(count);
      return html`<li class="strip trip">
        <p class="about"><b>${steps}</b><span class="help">${strings.steer.asMany}</span></p>
        <div class="pictures">
          <div class="one">
            <diffusion-picture .frames=${result?.source} label=${strings.steer.picture}></diffusion-picture>
            <span class="caption"><b class="data">x<sub>0</sub></b></span>
          </div>
          <div class="one">
            <diffusion-picture .frames=${there?.last?.xT} label=${strings.steer.noiseIn(steps)}></diffusion-picture>
            <span class="caption"><b class="mix">x<sub>T</sub></b></span>
          </div>
          <div class="one">
            <diffusion-picture .frames=${samplesOf(back)} label=${strings.steer.backIn(steps)}></diffusion-picture>
            <span class="caption"><b class="model">x̂<sub>0</sub></b></span>
          </div>
        </div>
        <dl class="figures">
          ${figure(strings.steer.mean, noise?.mean, '0')} ${figure(strings.steer.deviation, noise?.standardDeviation, '1')}
          ${figure(strings.steer.neighbours, noise?.neighbourCorrelation, '0')} ${figure(strings.steer.error, error)}
        </dl>
      </li>`;
    })}
    ${strip({
      kind: 'ten',
      ink: 'model',
      symbol: strings.steer.same,
      words: strings.steer.toldEach,
      pictures: DIGITS.map((digit) => ({
        frames: samplesOf(again),
        index: digit,
        label: strings.steer.told(digit),
        caption: digit,
      })),
    })}
  `;
}

/** @param {string} name @param {number | undefined} value @param {string} [ideal] of pure noise */
const figure = (name, value, ideal) => html`<div>
  <dt>${name}</dt>
  <dd>${value === undefined ? '–' : fixed(value, 3).replace('-', '−')}</dd>
  ${ideal ? html`<dd class="ideal">${strings.steer.ideal(ideal)}</dd>` : html`<dd class="ideal">${strings.steer.ofBack}</dd>`}
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
      ${fill(last ? strings.steer.invertedWith : strings.steer.inverted, {
        steps: last?.steps,
        error: html`<span class="live">${fixed(last?.error ?? 0, 3)}</span>`,
      })}
    </p>
  </div>`;
}
