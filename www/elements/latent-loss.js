// The losses of the two that learn: the autoencoder's in its two parts, and that of the network over latents.

import { superscript, three } from '../format.js';
import { strings } from '../language.js';
import { latent } from '../latent.js';
import { DiffusionLossChart } from './loss-chart.js';
import { LOGARITHMIC } from './plot.js';

class DiffusionLatentLoss extends DiffusionLossChart {
  get store() {
    return latent.network;
  }
}

class DiffusionReconstructionLoss extends DiffusionLossChart {
  get store() {
    return latent.autoencoder;
  }

  /** The divergence as the loss counts it. A weight of 0 has no place on a logarithmic scale. */
  #weighted() {
    const { klWeight = 0 } = latent.config;
    return latent.autoencoder.divergences.map((kl) => (klWeight ? klWeight * kl : null));
  }

  /** @returns {import('uplot').AlignedData} */
  data() {
    const { steps, errors } = latent.autoencoder;
    return [steps, this.#weighted(), errors];
  }

  options() {
    const { series, scales, axes } = super.options();
    const [x, , thick] = series;
    /** @type {import('uplot').Axis.Values} */
    const values = (_plot, splits) => splits.map((value) => (value ? powerOfTen(value) : ''));
    return {
      axes: axes && [axes[0], { ...axes[1], values }],
      scales: { ...scales, y: LOGARITHMIC },
      series: [
        x,
        {
          label: strings.latent.divergence,
          stroke: this.ink('--muted'),
          width: 2,
          dash: [6, 4],
          points: { show: false },
        },
        { ...thick, label: strings.latent.errorLabel },
      ],
    };
  }

  words() {
    const { errors, step } = latent.autoencoder;
    if (!errors.length) return strings.latent.chartEmpty;
    const kl = this.#weighted().at(-1) ?? 0;
    return strings.latent.chart(step, three(errors.at(-1)), three(kl));
  }
}

/** @param {number} value */
function powerOfTen(value) {
  const exponent = Math.round(Math.log10(value));
  // The lines between two powers have no names.
  if (Math.abs(10 ** exponent / value - 1) > 1e-6) return '';
  return exponent < -2 ? `10${superscript(exponent)}` : `${10 ** exponent}`;
}

customElements.define('diffusion-latent-loss', DiffusionLatentLoss);
customElements.define('diffusion-reconstruction-loss', DiffusionReconstructionLoss);
