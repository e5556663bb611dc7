// What is in the opened block: its layers, and what they did with the chosen digit.

import { html, nothing, unsafeCSS } from 'lit';
import { client } from '../client.js';
import { compact, percent, shape, trainingSteps, whole } from '../format.js';
import { network } from '../network.js';
import { run } from '../run.js';
import { settings } from '../settings.js';
import './attention.js';
import style from './block-view.css' with { type: 'text' };
import './control.js';
import './digit-picker.js';
import { PlaygroundElement } from './element.js';
import { modulation } from './modulation.js';
import './picture.js';

const BLIND = {
  shapes:
    'Of this network only the shapes are known here. What a block sees can be looked at in the network of section two.',
  plain: 'To look at pictures from the inside, choose one of the large blocks.',
  other: 'This network takes something other than images of digits: what it sees is not shown here.',
  none: 'There is no network yet. Train one in section two, and you can look inside it.',
};

export class DiffusionBlockView extends PlaygroundElement {
  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  connectedCallback() {
    super.connectedCallback();
    this.watch(network);
    this.watch(run);
    this.watch(settings);
  }

  render() {
    const { block, view } = network;
    if (!block || !view) {
      return html`<p class="help">Choose a block to see its layers, and what it makes of a digit.</p>`;
    }
    return html`<h3>${block.name}</h3>
      <p class="words">${words(block.name)}</p>
      <table>
        <thead>
          <tr><th scope="col">Layer</th><th scope="col">Result</th><th scope="col">Weights</th><th scope="col">Work</th></tr>
        </thead>
        <tbody>
          ${block.layers.map(
            (layer) => html`<tr>
              <th scope="row">${within(layer.name, block.name)}</th>
              <td>${shape(layer.shape)}</td>
              <td>${compact(layer.parameters)}</td>
              <td>${percent(layer.multiplyAdds, view.multiplyAdds)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
      ${network.blind ? html`<p class="help">${BLIND[network.blind]}</p>` : this.#look()}`;
  }

  #look() {
    const { probe } = network;
    return html`<div class="look">
      <diffusion-digit-picker></diffusion-digit-picker>
      <diffusion-control name="t"></diffusion-control>
      ${
        probe && probe.block === network.opened
          ? html`<p class="status" role="status">
              ${`Test image ${whole(probe.image)} at t = ${probe.t}, after ${trainingSteps(probe.step)}.`}
            </p>
            ${features(probe)}
            <diffusion-attention .views=${probe.attention}></diffusion-attention>
            ${probe.modulation.length ? modulation(probe.modulation) : nothing}`
          : html`<p class="status" role="status">${client.has('test') ? 'Looking …' : 'Waiting for the test images.'}</p>`
      }
    </div>`;
  }
}

/** @param {import('../network.js').ProbeView} probe */
function features({ features, channels }) {
  if (!features) return nothing;
  return html`<h4>Feature maps, ${features.count} of ${whole(channels)} channels</h4>
    <p class="help">What the block hands on. Each channel from its least value, black, to its largest, white.</p>
    <ul class="maps">
      ${Array.from(
        { length: features.count },
        (_, index) => html`<li>
          <diffusion-picture .frames=${features} .index=${index} label="Channel ${index + 1}"></diffusion-picture>
        </li>`,
      )}
    </ul>`;
}

/** A layer's path without its block's. @param {string} layer @param {string} block */
function within(layer, block) {
  const path = layer.replace(/^unet\./, '');
  return path === block ? path : path.slice(block.length + 1);
}

/** @param {string} name */
function words(name) {
  const [kind] = name.split('.');
  switch (kind) {
    case 'down_blocks':
      return 'On the way down: residual blocks, attention on some levels, then half the resolution.';
    case 'mid_block':
      return 'The lowest point: every pixel can look at every other.';
    case 'up_blocks':
      return 'On the way up: each residual block also gets what was kept on the way down.';
    case 'blocks':
      return 'Attention among all patches, then a small network for each patch alone. The condition c sets how much of either is added.';
    case 'conv_in':
      return 'From grey values to channels.';
    case 'conv_out':
    case 'conv_norm_out':
      return 'From channels back to the guess at the noise.';
    case 'x_embedder':
      return 'Every patch becomes a token, a list of numbers.';
    case 'final_layer':
      return 'Every token becomes a patch of the guess again.';
    case 'output':
      return 'The patches side by side. Nothing is learned here.';
    default:
      return `Turns ${kind.startsWith('t') ? 'the timestep' : 'the class'} into a list of numbers.`;
  }
}

customElements.define('diffusion-block-view', DiffusionBlockView);
