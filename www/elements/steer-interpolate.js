// Samples on the way from one starting noise to another: along the arc between them, and along the straight line.

import { html } from 'lit';
import { fixed } from '../format.js';
import { strings } from '../language.js';
import { fraction, indexed, number, sign, symbol } from '../math.js';
import { settings } from '../settings.js';
import { PLACES } from '../steering.js';
import { samplesOf, strip } from './steer-strip.js';

/** @typedef {import('../steering.js').Result} Result */

/** The arc and the straight line. */
const lines = () => strings.steer.lines.map((name, line) => ({ name, words: strings.steer.lineWords[line] }));

/** @type {import('./steer.js').View} */
export const interpolate = {
  controls: ['steerClass', 'steerGuidance', 'steerSteps', 'steerSeed', 'steerOtherSeed'],
  stage,
  formula,
};

/** @param {Result | undefined} result */
function stage(result) {
  const [leg] = result?.legs ?? [];
  const samples = samplesOf(leg);
  const place = Math.round(settings.get('steerPosition') * (PLACES - 1));
  const at = place / (PLACES - 1);
  return html`
    ${lines().map(({ name, words }, line) =>
      strip({
        kind: 'way',
        ink: 'model',
        symbol: name,
        words,
        pictures: Array.from({ length: PLACES }, (_, index) => ({
          frames: samples,
          index: line * PLACES + index,
          label: strings.steer.position(name, index / (PLACES - 1)),
          caption: length(leg?.start, line * PLACES + index),
          chosen: index === place,
        })),
      }),
    )}
    <li class="position"><diffusion-control name="steerPosition"></diffusion-control></li>
    <li class="large">
      ${lines().map(({ name }, line) => {
        const index = line * PLACES + place;
        return html`<div>
          <h3>${name}, λ = ${at}</h3>
          <div class="pair">
            <div>
              <diffusion-picture class="noise" .frames=${leg?.start.xT} .index=${index} label=${strings.steer.noiseAt(name, at)}>
              </diffusion-picture>
              <p class="name"><b class="noise">x<sub>T</sub></b> ${strings.steer.length(length(leg?.start, index))}</p>
            </div>
            <div>
              <diffusion-picture class="model" .frames=${samples} .index=${index} label=${strings.steer.digitAt(name, at)}>
              </diffusion-picture>
              <p class="name"><b class="model">x<sub>0</sub></b> ${strings.steer.becomes}</p>
            </div>
          </div>
        </div>`;
      })}
    </li>
  `;
}

/** @param {import('../steering.js').SteerLeg | undefined} start @param {number} index */
const length = (start, index) => (start ? fixed(start.lengths[index], 2) : '–');

/** @param {Result | undefined} result */
function formula(result) {
  const place = settings.get('steerPosition');
  const angle = angleBetween(result?.legs[0]?.start);
  const sine = (/** @type {unknown} */ share) => [symbol('sin'), sign('('), share, symbol('θ'), sign(')')];
  const rest = [sign('('), number('1'), sign('−'), symbol('λ'), sign(')')];
  const weight = (/** @type {number} */ share) =>
    number(angle === undefined ? '…' : fixed(Math.sin(share * angle) / Math.sin(angle), 3), 'mix');
  const [a, b] = [indexed('x', 'A', 'noise'), indexed('x', 'B', 'noise')];
  return html`<div class="formula">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${indexed('x', 'T', 'noise')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            ${fraction(sine(rest), sine(''))} ${a} ${sign('+')} ${fraction(sine(symbol('λ')), sine(''))} ${b}
          </mtd>
        </mtr>
        <mtr>
          <mtd></mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>${weight(1 - place)} ${a} ${sign('+')} ${weight(place)} ${b}</mtd>
        </mtr>
      </mtable>
    </math>
    <p class="reading">
      ${angle === undefined ? strings.steer.theta : strings.steer.angle(fixed((180 * angle) / Math.PI, 1))}
    </p>
  </div>`;
}

/** From the lengths of both ends and of the straight line's middle. @param {import('../steering.js').SteerLeg | undefined} start */
function angleBetween(start) {
  if (!start) return undefined;
  const [a, b, middle] = [0, PLACES - 1, PLACES + (PLACES - 1) / 2].map((index) => start.lengths[index]);
  const product = 2 * middle ** 2 - (a ** 2 + b ** 2) / 2;
  return Math.acos(Math.max(-1, Math.min(1, product / (a * b))));
}
