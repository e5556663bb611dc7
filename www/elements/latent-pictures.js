// Latents as pictures: digits with what they are squeezed into, and samples on their way.

import { html } from 'lit';
import { three, whole } from '../format.js';
import { strings } from '../language.js';
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
        label=${strings.latent.ofImage(words, index)}
      ></diffusion-picture>`,
    )}
  </div>`;
  return html`<h4>${strings.latent.inKeptOut}</h4>
    <p class="help">
      ${shown ? strings.latent.sixAfter(whole(shown.step), three(shown.range)) : strings.latent.six}
    </p>
    <div class="rows">
      ${row('data', html`x, 28 × 28`, shown?.images, (index) => index, strings.latent.pixels)}
      ${CHANNELS.map((channel) =>
        row(
          'data',
          html`z<sub>${channel + 1}</sub>, 7 × 7`,
          shown?.latents,
          (index) => index * CHANNELS.length + channel,
          strings.latent.latentChannel(channel + 1),
        ),
      )}
      ${row('model', strings.latent.decodedX, shown?.reconstructions, (index) => index, strings.latent.reconstruction)}
    </div>`;
}

/** @param {Samples | undefined} shown */
export function samples(shown) {
  const digit = Number(settings.get('latentDigit'));
  const stages = (shown?.t.length ?? 10) + 1;
  const stage = Math.min(settings.get('latentStage'), stages - 1);
  const index = stage * DIGITS.length + digit;
  const where = shown ? placeWords(shown, stage) : strings.latent.notDrawn;
  /** @param {string} ink @param {unknown} name @param {string} words @param {Frames | undefined} decoded @param {Frames | undefined} latents */
  const view = (ink, name, words, decoded, latents) => html`<div class="view">
    <diffusion-picture class=${ink} .frames=${decoded} .index=${index} label=${strings.latent.decoded(words)}></diffusion-picture>
    <div class="channels">
      ${CHANNELS.map(
        (channel) => html`<diffusion-picture
          .frames=${latents}
          .index=${index * CHANNELS.length + channel}
          label=${strings.latent.channel(channel + 1, words)}
        ></diffusion-picture>`,
      )}
    </div>
    <p class="name"><b class=${ink}>${name}</b> ${words}</p>
  </div>`;
  return html`<h4>${strings.latent.onTheirWay}</h4>
    <p class="help">${where}</p>
    <div class="views">
      ${view('mix', html`x<sub>t</sub>`, strings.latent.soFar, shown?.decodedXT, shown?.xT)}
      ${view('model', html`x̂<sub>0</sub>`, strings.latent.guess, shown?.decodedX0Hat, shown?.x0Hat)}
    </div>
    <diffusion-control name="latentStage"></diffusion-control>
    <div class="gallery" role="group" aria-label=${strings.latent.follow}>
      ${DIGITS.map(
        (other) => html`<button
          type="button"
          aria-label=${strings.latent.followOne(other)}
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
  const at = stage < t.length ? `t = ${whole(t[stage] + 1)}` : strings.latent.end;
  return strings.latent.place(whole(step), at, range);
}
