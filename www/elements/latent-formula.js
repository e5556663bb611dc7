// What the autoencoder's training makes small, and how its latents are brought to a variance of 1, with live numbers.

import { html } from 'lit';
import { three } from '../format.js';
import { strings } from '../language.js';
import { fraction, indexed, number, sign, symbol } from '../math.js';

/** @typedef {typeof import('../latent.js').latent} Latent */

/** @param {Latent} latent */
export function autoencoderFormula({ autoencoder, config }) {
  const [error, kl] = [autoencoder.errors.at(-1), autoencoder.divergences.at(-1)];
  const weight = config.klWeight ?? 0;
  const loss = error === undefined || kl === undefined ? undefined : error + weight * kl;
  return html`<div class="formula">
    <math display="block">
      <mtable displaystyle="true">
        <mtr>
          <mtd>${symbol('L')}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>
            ${fraction(number('1'), number('784'))}
            <munder><mo>∑</mo><mi>i</mi></munder>
            <msup>
              <mrow>
                ${sign('(')} ${indexed('x', 'i', 'data')} ${sign('−')} ${indexed('x̂', 'i', 'model')} ${sign(')')}
              </mrow>
              <mn>2</mn>
            </msup>
            ${sign('+')} ${symbol('w')} ${indexed('D', 'KL')}
          </mtd>
        </mtr>
        <mtr>
          <mtd>${live(loss)}</mtd>
          <mtd>${sign('=')}</mtd>
          <mtd>${live(error, 'model')} ${sign('+')} ${live(weight)} ${symbol('⋅')} ${live(kl)}</mtd>
        </mtr>
      </mtable>
    </math>
    <p class="reading">${strings.latent.lossReading}</p>
  </div>`;
}

/** @param {Latent} latent */
export function scaleFormula({ space }) {
  return html`<div class="formula">
    <math display="block">
      ${indexed('x', number('0'), 'data')} ${sign('=')} ${symbol('s')} ${symbol('z')} ${sign(',')} ${symbol('s')}
      ${sign('=')} ${fraction(number('1'), indexed('σ', 'z'))} ${sign('=')}
      ${fraction(number('1'), live(space && 1 / space.scale))} ${sign('=')} ${live(space?.scale)}
    </math>
    <p class="reading">
      ${strings.latent.scaleReading}
    </p>
  </div>`;
}

/** @param {number | undefined} value @param {import('../math.js').Ink} [ink] */
const live = (value, ink) => number(value === undefined ? '…' : three(value).replace('-', '−'), ink);
