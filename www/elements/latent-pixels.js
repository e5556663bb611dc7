// Latents beside pixels: what they cost, and what lies half-way between two digits.

import { html } from 'lit';
import { compact, shortDuration, whole } from '../format.js';
import { settings } from '../settings.js';
import './control.js';
import './picture.js';

/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */
/** @typedef {typeof import('../latent.js').latent} Latent */
/** @typedef {typeof import('../run.js').run} Run */

/** Looks of a network at one picture on its way, for the sum. */
const LOOKS = 50;

const NAMES = {
  unet: 'U-Net',
  dit: 'DiT',
  tiny: 'Tiny U-Net',
  'unet-latent': 'U-Net',
  'dit-latent': 'DiT',
  'unet-latent-tiny': 'Tiny U-Net',
};

/** @param {Latent} latent @param {Run} run */
export function costs(latent, run) {
  const { costs } = latent;
  const { pixels, latents } = costs?.networks ?? { pixels: 'unet', latents: 'unet-latent' };
  const name = (/** @type {string} */ preset) => NAMES[/** @type {keyof typeof NAMES} */ (preset)] ?? preset;
  /** @param {string} head @param {string | undefined} left @param {string | undefined} right */
  const row = (head, left, right) => html`<tr>
    <th scope="row">${head}</th><td>${left ?? '…'}</td><td>${right ?? '…'}</td>
  </tr>`;
  const work = (/** @type {number | undefined} */ count) =>
    count === undefined ? undefined : compact(count);
  return html`<div class="costs">
    <table>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${name(pixels)} over pixels</th>
          <th scope="col">${name(latents)} over latents</th>
        </tr>
      </thead>
      <tbody>
        ${row('Numbers a picture', '1 × 28 × 28 = 784', '4 × 7 × 7 = 196')}
        ${row('Weights', work(costs?.pixels.parameters), work(costs?.latents.parameters))}
        ${row('Multiply-adds of one look', work(costs?.pixels.multiplyAdds), work(costs?.latents.multiplyAdds))}
        ${row('… of decoding, once', 'none', work(costs?.decoder.multiplyAdds))}
        ${row(
          `… of ${LOOKS} looks, decoded`,
          work(costs && LOOKS * costs.pixels.multiplyAdds),
          work(costs && LOOKS * costs.latents.multiplyAdds + costs.decoder.multiplyAdds),
        )}
        ${row(
          'A training step, measured',
          run.config.preset === pixels
            ? measured(run.stepsPerSecond, run.config.batchSize)
            : 'not trained in section two',
          latent.networkConfig?.preset === latents
            ? measured(latent.network.stepsPerSecond, latent.networkConfig.batchSize)
            : 'not trained',
        )}
      </tbody>
    </table>
    <p class="help">
      The autoencoder has ${work(costs?.autoencoder.parameters) ?? '…'} weights of its own, and is trained before.
    </p>
  </div>`;
}

/** @param {number | undefined} stepsPerSecond @param {number | undefined} batch */
const measured = (stepsPerSecond, batch) =>
  stepsPerSecond ? `${shortDuration(1 / stepsPerSecond)}, batches of ${batch}` : 'not trained yet';

/** @param {import('../latent.js').Mix | undefined} mix */
export function mixing(mix) {
  const tenths = settings.get('latentMix');
  const words = mix
    ? `${10 - tenths} tenths of test image ${whole(mix.images[0])}, ${tenths} of test image ${whole(mix.images[1])}`
    : 'once there is an autoencoder';
  /** @param {string} ink @param {Frames | undefined} frames @param {string} name */
  const view = (ink, frames, name) => html`<div class="view">
    <diffusion-picture class=${ink} .frames=${frames} .index=${tenths} label=${`${name}, ${words}`}></diffusion-picture>
    <p class="name">${name}</p>
  </div>`;
  return html`<div class="mixing">
    <div class="views">
      ${view('data', mix?.pixels, 'pixels mixed')} ${view('model', mix?.latents, 'latents mixed, then decoded')}
    </div>
    <div class="controls">
      <diffusion-control name="latentMix"></diffusion-control>
      <diffusion-control name="latentFirst"></diffusion-control>
      <diffusion-control name="latentSecond"></diffusion-control>
    </div>
  </div>`;
}
