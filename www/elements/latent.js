// Latent diffusion: an autoencoder learns in the tab, then a network over its latents; and what that saves beside pixels.

import { html, nothing, unsafeCSS } from 'lit';
import { compact, fixed, three, whole } from '../format.js';
import { strings } from '../language.js';
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
import { progressLine } from './progress.js';
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
          <h3 id="first">${strings.latent.autoencoder}</h3>
          ${autoencoderToolbar()} ${autoencoderNumbers()}
          <div class="panels">
            <div class="panel">${reconstructions(latent.reconstruction)}</div>
            <div class="panel loss">
              <h4>${strings.latent.loss}</h4>
              <p class="help">${strings.latent.lossHelp}</p>
              <diffusion-reconstruction-loss></diffusion-reconstruction-loss>
            </div>
          </div>
          ${autoencoderFormula(latent)}
        </section>
        <section aria-labelledby="second">
          <h3 id="second">${strings.latent.over}</h3>
          ${networkToolbar()} ${encoding()} ${networkNumbers()}
          <div class="panels">
            <div class="panel">${samples(latent.samples)}</div>
            <div class="panel loss">
              <h4>${strings.latent.loss}</h4>
              <p class="help">${strings.latent.noiseLoss}</p>
              <diffusion-latent-loss></diffusion-latent-loss>
            </div>
          </div>
          ${scaleFormula(latent)}
        </section>
        <section aria-labelledby="third">
          <h3 id="third">${strings.latent.beside}</h3>
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
  return html`<div class="toolbar" role="group" aria-label=${strings.latent.trainingAutoencoder}>
    <button
      type="button"
      class="primary"
      ?disabled=${elsewhere}
      @click=${() => (going ? latent.pause() : latent.trainAutoencoder())}
    >
      ${going ? strings.latent.pause : latent.autoencoder.step ? strings.latent.goOn : strings.latent.train}
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
      ${strings.latent.anew}
    </button>
    <p class="status" role="status">${autoencoderWords(going)}</p>
    ${progressLine(latent.phase === 'starting', strings.latent.trainingAutoencoder)}
  </div>`;
}

/** @param {boolean} going */
function autoencoderWords(going) {
  if (latent.phase === 'starting') return strings.latent.ready;
  if (latent.outdated) return strings.latent.changed;
  if (going) return strings.latent.running;
  if (!latent.autoencoder.step) return strings.latent.nothing;
  return strings.latent.learned(whole(latent.autoencoder.step));
}

/** @param {string} name @param {string | undefined} value */
const entry = (name, value) => html`<div><dt>${name}</dt><dd>${value ?? '–'}</dd></div>`;

function autoencoderNumbers() {
  const { autoencoder, parameters } = latent;
  const [error, kl] = [autoencoder.errors.at(-1), autoencoder.divergences.at(-1)];
  return html`<dl class="numbers">
    ${entry(strings.latent.autoencoderSteps, whole(autoencoder.step))}
    ${entry(strings.latent.error, error === undefined ? undefined : fixed(error, 4))}
    ${entry(strings.latent.kl, kl === undefined ? undefined : three(kl))}
    ${entry(strings.latent.perSecond, autoencoder.stepsPerSecond ? three(autoencoder.stepsPerSecond) : undefined)}
    ${entry(strings.latent.weights, parameters ? compact(parameters) : undefined)}
  </dl>`;
}

function networkToolbar() {
  const going = latent.phase === 'network';
  const { space } = latent;
  const isOlder = space !== undefined && space.step < latent.autoencoder.step;
  return html`<div class="toolbar" role="group" aria-label=${strings.latent.trainingNetwork}>
    ${
      latent.phase === 'encoding'
        ? html`<button type="button" class="primary" @click=${() => latent.encodeNoMore()}>${strings.latent.enough}</button>`
        : html`<button
            type="button"
            class="primary"
            ?disabled=${!latent.autoencoder.step || (latent.busy && !going)}
            @click=${() => (going ? latent.pause() : space ? latent.trainNetwork() : latent.encode())}
          >
            ${going ? strings.latent.pause : space ? strings.latent.goOn : strings.latent.encodeAndTrain}
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
      ${strings.latent.newNetwork}
    </button>
    <button type="button" ?disabled=${!isOlder || latent.busy} @click=${() => latent.encode()}>${strings.latent.encodeAnew}</button>
    <button type="button" ?disabled=${!latent.network.step} @click=${() => latent.drawEverywhere()}>
      ${strings.latent.everywhere}
    </button>
    <p class="status" role="status">${networkWords(going, isOlder)}</p>
  </div>`;
}

/** @param {boolean} going @param {boolean} isOlder */
function networkWords(going, isOlder) {
  const { phase, space, network } = latent;
  if (phase === 'encoding') return strings.latent.encoding;
  if (!space) return latent.autoencoder.step ? strings.latent.there : strings.latent.first;
  if (latent.networkOutdated) return strings.latent.networkChanged;
  if (going) return strings.latent.running;
  if (isOlder) return strings.latent.older(whole(space.step));
  return strings.latent.paused(whole(network.step));
}

function encoding() {
  const { encoded = 0, count = 1 } = latent.encoding ?? {};
  if (latent.phase !== 'encoding') return nothing;
  return html`<div class="encoding">
    <label for="encoding">${strings.latent.encoded(whole(encoded), whole(count))}</label>
    <progress id="encoding" max=${count} value=${encoded}></progress>
  </div>`;
}

function networkNumbers() {
  const { network, space } = latent;
  const loss = network.smoothed.at(-1);
  return html`<dl class="numbers">
    ${entry(strings.latent.latents, space && whole(space.count))} ${entry(strings.latent.scale, space && three(space.scale))}
    ${entry(strings.latent.networkSteps, whole(network.step))}
    ${entry(strings.latent.smoothed, loss === undefined ? undefined : fixed(loss, 3))}
    ${entry(strings.latent.perSecond, network.stepsPerSecond ? three(network.stepsPerSecond) : undefined)}
  </dl>`;
}

customElements.define('diffusion-latent', DiffusionLatent);
