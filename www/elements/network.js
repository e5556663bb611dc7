// Inside the networks: a diagram drawn from the configuration, and a look into one block of the network in training.

import { html, nothing, unsafeCSS } from 'lit';
import { blockTimes } from '../block-times.js';
import { compact, megabytes, whole } from '../format.js';
import { strings } from '../language.js';
import { network } from '../network.js';
import { run } from '../run.js';
import { watchSeen } from '../seen.js';
import './block-view.js';
import { blockTimer } from './block-timer.js';
import './control.js';
import { ditDiagram } from './dit-diagram.js';
import style from './network.css' with { type: 'text' };
import { networkFormula } from './network-formula.js';
import './notice.js';
import { Section } from './section.js';
import { unetDiagram } from './unet-diagram.js';

export class DiffusionNetwork extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  #seen = false;
  #unwatch = () => {};

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('network');
    this.watch(run);
    this.watch(network);
    this.watch(blockTimes);
    this.listen('data', () => this.requestUpdate());
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
    const { view } = network;
    return html`
      <figure>
        <div class="controls">
          <diffusion-control name="diagram"></diffusion-control>
          <diffusion-control name="diagramBatch"></diffusion-control>
        </div>
        <diffusion-notice place="network"></diffusion-notice>
        ${numbers(view)}
        ${blockTimer()}
        <div class="panels">
          <div class="diagram" role="group" aria-label=${strings.network.blocks}>
            ${view ? diagram(view, network.opened, (name) => this.#choose(name)) : nothing}
          </div>
          <diffusion-block-view></diffusion-block-view>
        </div>
      </figure>
      ${networkFormula(network)}
    `;
  }

  updated() {
    if (this.#seen) network.ask();
  }

  /** @param {string} name */
  #choose(name) {
    network.open(name);
    // On a narrow screen what opens is below, out of sight.
    if (network.opened)
      this.renderRoot.querySelector('diffusion-block-view')?.scrollIntoView({ block: 'nearest' });
  }
}

/**
 * @param {import('../network.js').NetworkView} view
 * @param {string | undefined} opened
 * @param {(name: string) => void} choose
 */
function diagram(view, opened, choose) {
  const isTransformer = view.blocks.some(({ name }) => name === 'x_embedder');
  return (isTransformer ? ditDiagram : unetDiagram)(view, opened, choose);
}

/** @param {import('../network.js').NetworkView | undefined} view */
function numbers(view) {
  /** @param {string} name @param {string | undefined} value */
  const entry = (name, value) => html`<div><dt>${name}</dt><dd>${value ?? '–'}</dd></div>`;
  return html`<dl class="numbers">
    ${entry(strings.network.parameters, view && whole(view.parameters))}
    ${entry(strings.network.multiplyAdds, view && compact(view.multiplyAdds))}
    ${entry(strings.network.memory, view && `${megabytes(view.memory.weights)} MB`)}
    ${entry(strings.network.training, view && `${megabytes(view.memory.training)} MB`)}
  </dl>`;
}

customElements.define('diffusion-network', DiffusionNetwork);
