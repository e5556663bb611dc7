// Latent diffusion: an autoencoder learns in the tab, then a network over its latents; and what that saves beside pixels.

import { html, nothing, unsafeCSS } from 'lit';
import { compact, fixed, three, whole } from '../format.js';
import { latent } from '../latent.js';
import { run } from '../run.js';
import { watchSeen } from '../seen.js';
import './control.js';
import style from './latent.css' with { type: 'text' };
import { autoencoderFormula, scaleFormula } from './latent-formula.js';
import './latent-loss.js';
import { reconstructions, samples } from './latent-pictures.js';
import { costs, mixing } from './latent-pixels.js';
import './notice.js';
import { Section } from './section.js';

const CONTROLS = /** @type {const} */ ([
  ...[
    'autoencoderPreset',
    'latentPreset',
    'klWeight',
    'latentRate',
    'latentBatch',
    'latentImages',
    'latentSeed',
  ],
]);

export class DiffusionLatent extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  #seen = false;
  #unwatch = () => {};

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('latent');
    this.watch(latent);
    this.watch(run);
    this.#unwatch = watchSeen(this, (seen) => {
      this.#seen = seen;
      this.requestUpdate();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#unwatch();
  }

  render() {
    return html`
      <figure>
        <div class="controls">
          ${CONTROLS.map((name) => html`<diffusion-control name=${name}></diffusion-control>`)}
        </div>
        <diffusion-notice place="latent" split="train"></diffusion-notice>
        <section aria-labelledby="first">
          <h3 id="first">The autoencoder</h3>
          ${autoencoderToolbar()} ${autoencoderNumbers()}
          <div class="panels">
            <div class="panel">${reconstructions(latent.reconstruction)}</div>
            <div class="panel loss">
              <h4>Loss</h4>
              <p class="help">Thick: the error of a pixel. Thin, dashed: the divergence, weighted. Logarithmic.</p>
              <diffusion-reconstruction-loss></diffusion-reconstruction-loss>
            </div>
          </div>
          ${autoencoderFormula(latent)}
        </section>
        <section aria-labelledby="second">
          <h3 id="second">Diffusion over its latents</h3>
          ${networkToolbar()} ${encoding()} ${networkNumbers()}
          <div class="panels">
            <div class="panel">${samples(latent.samples)}</div>
            <div class="panel loss">
              <h4>Loss</h4>
              <p class="help">Of the noise in the latents. Thin: each step. Thick: smoothed.</p>
              <diffusion-latent-loss></diffusion-latent-loss>
            </div>
          </div>
          ${scaleFormula(latent)}
        </section>
        <section aria-labelledby="third">
          <h3 id="third">Beside pixels</h3>
          ${costs(latent, run)} ${mixing(latent.mix)}
        </section>
      </figure>
    `;
  }

  updated() {
    if (this.#seen) latent.ask();
  }
}

function autoencoderToolbar() {
  const going = latent.phase === 'autoencoder' || latent.phase === 'starting';
  const elsewhere = latent.busy && !going;
  return html`<div class="toolbar" role="group" aria-label="Training the autoencoder">
    <button
      type="button"
      class="primary"
      ?disabled=${elsewhere}
      @click=${() => (going ? latent.pause() : latent.trainAutoencoder())}
    >
      ${going ? 'Pause' : latent.autoencoder.step ? 'Go on' : 'Train the autoencoder'}
    </button>
    <button
      type="button"
      ?disabled=${latent.phase === 'none' || elsewhere}
      @click=${() => {
        if (going) latent.pause();
        latent.begin();
        if (going) latent.trainAutoencoder();
      }}
    >
      Start anew
    </button>
    <p class="status" role="status">${autoencoderWords(going)}</p>
  </div>`;
}

/** @param {boolean} going */
function autoencoderWords(going) {
  if (latent.phase === 'starting') return 'Getting ready. The first step takes longest.';
  if (latent.outdated) return 'Settings changed: start anew to apply.';
  if (going) return 'Training.';
  if (!latent.autoencoder.step) return 'Nothing has been learned yet.';
  return `Learned for ${whole(latent.autoencoder.step)} steps.`;
}

/** @param {string} name @param {string | undefined} value */
const entry = (name, value) => html`<div><dt>${name}</dt><dd>${value ?? '–'}</dd></div>`;

function autoencoderNumbers() {
  const { autoencoder, parameters } = latent;
  const [error, kl] = [autoencoder.errors.at(-1), autoencoder.divergences.at(-1)];
  return html`<dl class="numbers">
    ${entry('Autoencoder’s steps', whole(autoencoder.step))}
    ${entry('Error of a pixel', error === undefined ? undefined : fixed(error, 4))}
    ${entry('KL divergence, nats', kl === undefined ? undefined : three(kl))}
    ${entry('Steps per second', autoencoder.stepsPerSecond ? three(autoencoder.stepsPerSecond) : undefined)}
    ${entry('Weights', parameters ? compact(parameters) : undefined)}
  </dl>`;
}

function networkToolbar() {
  const going = latent.phase === 'network';
  const { space } = latent;
  const isOlder = space !== undefined && space.step < latent.autoencoder.step;
  return html`<div class="toolbar" role="group" aria-label="Training over latents">
    ${
      latent.phase === 'encoding'
        ? html`<button type="button" class="primary" @click=${() => latent.encodeNoMore()}>Enough, learn these</button>`
        : html`<button
            type="button"
            class="primary"
            ?disabled=${!latent.autoencoder.step || (latent.busy && !going)}
            @click=${() => (going ? latent.pause() : space ? latent.trainNetwork() : latent.encode())}
          >
            ${going ? 'Pause' : space ? 'Go on' : 'Encode and train'}
          </button>`
    }
    <button
      type="button"
      ?disabled=${!space || latent.busy}
      @click=${() => {
        latent.beginNetwork();
        latent.trainNetwork();
      }}
    >
      New network
    </button>
    <button type="button" ?disabled=${!isOlder || latent.busy} @click=${() => latent.encode()}>Encode anew</button>
    <button type="button" ?disabled=${!latent.network.step} @click=${() => latent.drawEverywhere()}>
      Draw with it everywhere
    </button>
    <p class="status" role="status">${networkWords(going, isOlder)}</p>
  </div>`;
}

/** @param {boolean} going @param {boolean} isOlder */
function networkWords(going, isOlder) {
  const { phase, space, network } = latent;
  if (phase === 'encoding') return 'Encoding every picture, once.';
  if (!space) return latent.autoencoder.step ? 'The autoencoder is there.' : 'First the autoencoder.';
  if (latent.networkOutdated) return 'Settings changed: a new network applies them.';
  if (going) return 'Training.';
  if (isOlder) return `The latents are those of the autoencoder after ${whole(space.step)} steps.`;
  return `Paused after step ${whole(network.step)}.`;
}

function encoding() {
  const { encoded = 0, count = 1 } = latent.encoding ?? {};
  if (latent.phase !== 'encoding') return nothing;
  return html`<div class="encoding">
    <label for="encoding">${whole(encoded)} of ${whole(count)} pictures encoded</label>
    <progress id="encoding" max=${count} value=${encoded}></progress>
  </div>`;
}

function networkNumbers() {
  const { network, space } = latent;
  const loss = network.smoothed.at(-1);
  return html`<dl class="numbers">
    ${entry('Latents', space && whole(space.count))} ${entry('Scale s', space && three(space.scale))}
    ${entry('Network’s steps', whole(network.step))}
    ${entry('Loss, smoothed', loss === undefined ? undefined : fixed(loss, 3))}
    ${entry('Steps per second', network.stepsPerSecond ? three(network.stepsPerSecond) : undefined)}
  </dl>`;
}

customElements.define('diffusion-latent', DiffusionLatent);
