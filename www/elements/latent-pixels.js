// Latents beside pixels: what they cost, and what lies half-way between two digits.

import { html } from 'lit';
import { compact, shortDuration, whole } from '../format.js';
import { strings } from '../language.js';
import { settings } from '../settings.js';
import './control.js';
import './picture.js';

/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */
/** @typedef {typeof import('../latent.js').latent} Latent */
/** @typedef {typeof import('../run.js').run} Run */

/** Looks of a network at one picture on its way, for the sum. */
const LOOKS = 50;

/** @param {Latent} latent @param {Run} run */
export function costs(latent, run) {
  const { costs } = latent;
  const { pixels, latents } = costs?.networks ?? { pixels: 'unet', latents: 'unet-latent' };
  /** @type {Record<string, string>} */
  const names = strings.latent.networks;
  const name = (/** @type {string} */ preset) => names[preset] ?? preset;
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
          <th scope="col">${strings.latent.overPixels(name(pixels))}</th>
          <th scope="col">${strings.latent.overLatents(name(latents))}</th>
        </tr>
      </thead>
      <tbody>
        ${row(strings.latent.numbers, '1 × 28 × 28 = 784', '4 × 7 × 7 = 196')}
        ${row(strings.latent.weights, work(costs?.pixels.parameters), work(costs?.latents.parameters))}
        ${row(strings.latent.look, work(costs?.pixels.multiplyAdds), work(costs?.latents.multiplyAdds))}
        ${row(strings.latent.decoding, strings.latent.none, work(costs?.decoder.multiplyAdds))}
        ${row(
          strings.latent.looks(LOOKS),
          work(costs && LOOKS * costs.pixels.multiplyAdds),
          work(costs && LOOKS * costs.latents.multiplyAdds + costs.decoder.multiplyAdds),
        )}
        ${row(
          strings.latent.measured,
          run.config.preset === pixels
            ? measured(run.stepsPerSecond, run.config.batchSize)
            : strings.latent.notInTwo,
          latent.networkConfig?.preset === latents
            ? measured(latent.network.stepsPerSecond, latent.networkConfig.batchSize)
            : strings.latent.notTrained,
        )}
      </tbody>
    </table>
    <p class="help">
      ${strings.latent.ownWeights(work(costs?.autoencoder.parameters) ?? '…')}
    </p>
  </div>`;
}

/** @param {number | undefined} stepsPerSecond @param {number | undefined} batch */
const measured = (stepsPerSecond, batch) =>
  stepsPerSecond
    ? strings.latent.batches(shortDuration(1 / stepsPerSecond), batch ?? '')
    : strings.latent.notYet;

/** @param {import('../latent.js').Mix | undefined} mix */
export function mixing(mix) {
  const tenths = settings.get('latentMix');
  const words = mix
    ? strings.latent.mixed(10 - tenths, whole(mix.images[0]), tenths, whole(mix.images[1]))
    : strings.latent.once;
  /** @param {string} ink @param {Frames | undefined} frames @param {string} name */
  const view = (ink, frames, name) => html`<div class="view">
    <diffusion-picture class=${ink} .frames=${frames} .index=${tenths} label=${strings.latent.mixOf(name, words)}></diffusion-picture>
    <p class="name">${name}</p>
  </div>`;
  return html`<div class="mixing">
    <div class="views">
      ${view('data', mix?.pixels, strings.latent.pixelsMixed)} ${view('model', mix?.latents, strings.latent.latentsMixed)}
    </div>
    <div class="controls">
      <diffusion-control name="latentMix"></diffusion-control>
      <diffusion-control name="latentFirst"></diffusion-control>
      <diffusion-control name="latentSecond"></diffusion-control>
    </div>
  </div>`;
}
