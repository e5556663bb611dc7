// The run on latents: an autoencoder, the data set on its way through it, and a network over what comes out.

import { client } from './client.js';
import { scheduleConfig } from './configs.js';
import { Curve } from './curve.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').Preset} Preset */
/** @typedef {import('../pkg/diffusion_playground.js').TrainConfig} TrainConfig */
/** @typedef {import('../pkg/diffusion_playground.js').LatentNetworks} LatentNetworks */
/** @typedef {import('./messages.js').MessageOf<'latentReconstruction'>} Reconstruction */
/** @typedef {import('./messages.js').MessageOf<'latentEncoding'>} Encoding */
/** @typedef {import('./messages.js').MessageOf<'latentSpace'>} Space */
/** @typedef {import('./messages.js').MessageOf<'latentSamples'>} Samples */
/** @typedef {import('./messages.js').MessageOf<'latentMix'>} Mix */
/** @typedef {import('./messages.js').MessageOf<'latentCosts'>} Costs */

/** Over pixels what the networks are over latents. */
const TWINS = /** @type {const} */ ({
  'unet-latent': 'unet',
  'dit-latent': 'dit',
  'unet-latent-tiny': 'tiny',
});

class LatentRun extends Store {
  /** `starting`: asked for, and nothing has come back yet. @type {'none' | 'starting' | 'autoencoder' | 'encoding' | 'network' | 'paused'} */
  phase = 'none';
  /** What the autoencoder was made from. */
  config = autoencoderConfig();
  /** What the network was made from. @type {TrainConfig | undefined} */
  networkConfig;
  parameters = 0;
  autoencoder = new Curve();
  network = new Curve();
  /** @type {Reconstruction | undefined} */
  reconstruction;
  /** @type {Encoding | undefined} */
  encoding;
  /** @type {Space | undefined} */
  space;
  /** @type {Samples | undefined} */
  samples;
  /** @type {Mix | undefined} */
  mix;
  /** @type {Costs | undefined} */
  costs;
  /** Runs and networks asked for and not begun: until then, what comes is about old ones. */
  #awaited = 0;
  #compared = '';
  /** The mix asked for last, and whether it is on its way. */
  #mixed = '';
  #mixing = false;

  constructor() {
    super();
    client.on('latent', ({ parameters }) => {
      this.#awaited = Math.max(0, this.#awaited - 1);
      this.#update({ parameters });
    });
    client.on('latentNetwork', () => {
      this.#awaited = Math.max(0, this.#awaited - 1);
    });
    client.on('latentTrain', (progress) => this.#awaited || this.#take(progress));
    client.on('latentReconstruction', (reconstruction) => {
      if (!this.#awaited) this.#update({ reconstruction });
    });
    client.on('latentEncoding', (encoding) => this.#awaited || this.#update({ encoding }));
    client.on('latentSpace', (space) => this.#awaited || this.#learn(space));
    client.on('latentSamples', (samples) => this.#awaited || this.#update({ samples }));
    client.on('latentMix', (mix) => {
      this.#mixing = false;
      if (!this.#awaited) this.#update({ mix });
    });
    client.on('latentCosts', (costs) => this.#update({ costs }));
    client.on('error', ({ at }) => at === 'latent' && this.#fall());
    client.on('downloadFailed', ({ split }) => split === 'train' && this.#fall());
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => {
        this.#compared = '';
        this.#awaited = 0;
        this.#clear('none');
      });
    }
  }

  get busy() {
    return this.phase !== 'none' && this.phase !== 'paused';
  }

  /** The settings no longer say what the autoencoder was made from. */
  get outdated() {
    return this.phase !== 'none' && !same(this.config, autoencoderConfig());
  }

  /** The same of the network. */
  get networkOutdated() {
    return this.networkConfig !== undefined && !same(this.networkConfig, networkConfig());
  }

  trainAutoencoder() {
    if (this.phase === 'none') this.begin();
    this.#update({ phase: this.autoencoder.step ? 'autoencoder' : 'starting' });
    client.send({ type: 'trainLatent', part: 'autoencoder' });
  }

  pause() {
    this.#update({ phase: 'paused' });
    client.send({ type: 'pauseLatent' });
  }

  /** An autoencoder with fresh weights, made from the settings as they are now. */
  begin() {
    this.#clear('paused');
    this.config = autoencoderConfig();
    this.#awaited++;
    client.send({ type: 'newLatent', config: this.config });
  }

  /** The data set, once; then a network begins to learn from the latents. */
  encode() {
    this.#update({ phase: 'encoding', encoding: undefined });
    client.send({ type: 'encodeLatents', count: settings.get('latentImages') });
  }

  /** What is encoded so far will do. */
  encodeNoMore() {
    client.send({ type: 'pauseLatent' });
  }

  trainNetwork() {
    this.#update({ phase: 'network' });
    client.send({ type: 'trainLatent', part: 'network' });
  }

  /** A network with fresh weights. */
  beginNetwork() {
    this.network.clear();
    this.networkConfig = networkConfig();
    this.#awaited++;
    this.#update({ samples: undefined, phase: 'paused' });
    client.send({ type: 'newLatentNetwork', config: this.networkConfig });
  }

  /** The network over latents draws in all sections. */
  drawEverywhere() {
    client.send({ type: 'openLatent' });
  }

  /** Asks for what is to be seen and has not been asked for. */
  ask() {
    const latents = settings.get('latentPreset');
    /** @type {LatentNetworks} */
    const networks = { latents, pixels: TWINS[latents], autoencoder: settings.get('autoencoderPreset') };
    const compared = JSON.stringify(networks);
    if (compared !== this.#compared) {
      this.#compared = compared;
      client.send({ type: 'latentCosts', networks });
    }
    if (this.#awaited || this.#mixing || !this.reconstruction) return;
    /** @type {[number, number]} */
    const images = [settings.get('latentFirst'), settings.get('latentSecond')];
    // Other weights mix otherwise.
    const mixed = JSON.stringify([images, this.space ?? this.reconstruction.step]);
    if (mixed === this.#mixed) return;
    this.#mixed = mixed;
    this.#mixing = true;
    client.send({ type: 'mixLatents', images });
  }

  /** @param {import('./messages.js').MessageOf<'latentTrain'>} progress */
  #take({ part, reports, stepsPerSecond }) {
    this[part].take(reports, stepsPerSecond);
    this.#update({ phase: this.phase === 'starting' ? 'autoencoder' : this.phase });
  }

  /** @param {Space} space */
  #learn(space) {
    this.#update({ space, encoding: undefined });
    this.beginNetwork();
    this.trainNetwork();
  }

  /** What was asked for did not come about. */
  #fall() {
    this.#awaited = 0;
    this.#mixing = false;
    this.#update({ phase: this.parameters ? 'paused' : 'none', encoding: undefined });
  }

  /** @param {LatentRun['phase']} phase */
  #clear(phase) {
    this.autoencoder.clear();
    this.network.clear();
    this.#mixed = '';
    this.#mixing = false;
    this.#update({
      ...{ phase, parameters: 0, networkConfig: undefined, reconstruction: undefined },
      ...{ encoding: undefined, space: undefined, samples: undefined, mix: undefined },
    });
  }

  /** @param {Partial<LatentRun>} change */
  #update(change) {
    Object.assign(this, change);
    this.changed();
  }
}

/** @returns {TrainConfig} */
const common = () => ({
  batchSize: settings.get('latentBatch'),
  learningRate: settings.get('latentRate'),
  seed: settings.get('latentSeed'),
});

/** @returns {TrainConfig} */
const autoencoderConfig = () => ({
  ...common(),
  preset: settings.get('autoencoderPreset'),
  klWeight: settings.get('klWeight'),
  gridEvery: 25,
});

/** @returns {TrainConfig} */
const networkConfig = () => ({
  ...common(),
  preset: settings.get('latentPreset'),
  schedule: scheduleConfig('linear'),
  gridEvery: 100,
});

/** @param {unknown} one @param {unknown} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const latent = new LatentRun();
