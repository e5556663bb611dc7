// Latents as pictures: digits with what they are squeezed into, and samples on their way.

import { html } from 'lit';
import { three, whole } from '../format.js';
import { settings } from '../settings.js';
import './control.js';
import './picture.js';

/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */
/** @typedef {import('../latent.js').Reconstruction} Reconstruction */
/** @typedef {import('../latent.js').Samples} Samples */

/** Test images that are shown, and channels of a latent: as many as the module sends. */
const SHOWN = Array.from({ length: 6 }, (_, index) => index);
const CHANNELS = Array.from({ length: 4 }, (_, index) => index);
const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

/** @param {Reconstruction | undefined} shown */
export function reconstructions(shown) {
  /** @param {string} ink @param {unknown} head @param {Frames | undefined} frames @param {(index: number) => number} at @param {string} words */
  const row = (ink, head, frames, at, words) => html`<div class="row">
    <span class=${`head ${ink}`}>${head}</span>
    ${SHOWN.map(
      (index) => html`<diffusion-picture
        .frames=${frames}
        .index=${at(index)}
        label=${`${words} of test image ${index}`}
      ></diffusion-picture>`,
    )}
  </div>`;
  return html`<h4>What goes in, what is kept, what comes out</h4>
    <p class="help">
      ${
        shown
          ? `Six test digits after ${whole(shown.step)} steps. Black is −${three(shown.range)} in z, white +${three(shown.range)}.`
          : 'Six test digits, once there is an autoencoder.'
      }
    </p>
    <div class="rows">
      ${row('data', html`x, 28 × 28`, shown?.images, (index) => index, 'Pixels')}
      ${CHANNELS.map((channel) =>
        row(
          'data',
          html`z<sub>${channel + 1}</sub>, 7 × 7`,
          shown?.latents,
          (index) => index * CHANNELS.length + channel,
          `Latent channel ${channel + 1}`,
        ),
      )}
      ${row('model', html`x̂, decoded`, shown?.reconstructions, (index) => index, 'Reconstruction')}
    </div>`;
}

/** @param {Samples | undefined} shown */
export function samples(shown) {
  const digit = Number(settings.get('latentDigit'));
  const stages = (shown?.t.length ?? 10) + 1;
  const stage = Math.min(settings.get('latentStage'), stages - 1);
  const index = stage * DIGITS.length + digit;
  const where = shown ? placeWords(shown, stage) : 'Not drawn yet.';
  /** @param {string} ink @param {unknown} name @param {string} words @param {Frames | undefined} decoded @param {Frames | undefined} latents */
  const view = (ink, name, words, decoded, latents) => html`<div class="view">
    <diffusion-picture class=${ink} .frames=${decoded} .index=${index} label=${`Decoded: ${words}`}></diffusion-picture>
    <div class="channels">
      ${CHANNELS.map(
        (channel) => html`<diffusion-picture
          .frames=${latents}
          .index=${index * CHANNELS.length + channel}
          label=${`Channel ${channel + 1}: ${words}`}
        ></diffusion-picture>`,
      )}
    </div>
    <p class="name"><b class=${ink}>${name}</b> ${words}</p>
  </div>`;
  return html`<h4>Latents on their way, decoded</h4>
    <p class="help">${where}</p>
    <div class="views">
      ${view('mix', html`x<sub>t</sub>`, 'the latents so far', shown?.decodedXT, shown?.xT)}
      ${view('model', html`x̂<sub>0</sub>`, 'the network’s guess', shown?.decodedX0Hat, shown?.x0Hat)}
    </div>
    <diffusion-control name="latentStage"></diffusion-control>
    <div class="gallery" role="group" aria-label="Digit to follow">
      ${DIGITS.map(
        (other) => html`<button
          type="button"
          aria-label="Follow the ${other}"
          aria-pressed=${other === digit ? 'true' : 'false'}
          @click=${() => settings.set('latentDigit', `${other}`)}
        >
          <diffusion-picture
            aria-hidden="true"
            .frames=${shown?.decodedXT}
            .index=${stage * DIGITS.length + other}
          ></diffusion-picture>
        </button>`,
      )}
    </div>`;
}

/** @param {Samples} samples @param {number} stage */
function placeWords({ step, t, range }, stage) {
  const at = stage < t.length ? `t = ${whole(t[stage] + 1)}` : 'the end';
  return `Network of step ${whole(step)}, ${at}, guidance scale 2. Above: decoded. Below: the four channels, black −${range}, white +${range}.`;
}
