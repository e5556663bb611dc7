// What is in the opened block: its layers, and what they did with the chosen digit.

import { html, nothing, unsafeCSS } from 'lit';
import { client } from '../client.js';
import { compact, percent, shape, trainingSteps, whole } from '../format.js';
import { strings } from '../language.js';
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
      return html`<p class="help">${strings.network.choose}</p>`;
    }
    return html`<h3>${block.name}</h3>
      <p class="words">${words(block.name)}</p>
      <table>
        <thead>
          <tr><th scope="col">${strings.network.layer}</th><th scope="col">${strings.network.result}</th><th scope="col">${strings.network.weights}</th><th scope="col">${strings.network.work}</th></tr>
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
      ${network.blind ? html`<p class="help">${strings.network.blind[network.blind]}</p>` : this.#look()}`;
  }

  #look() {
    const { probe } = network;
    return html`<div class="look">
      <diffusion-digit-picker></diffusion-digit-picker>
      <diffusion-control name="t"></diffusion-control>
      ${
        probe && probe.block === network.opened
          ? html`<p class="status" role="status">
              ${strings.network.testImage(whole(probe.image), probe.t, trainingSteps(probe.step))}
            </p>
            ${features(probe)}
            <diffusion-attention .views=${probe.attention}></diffusion-attention>
            ${probe.modulation.length ? modulation(probe.modulation) : nothing}`
          : html`<p class="status" role="status">${client.has('test') ? strings.network.looking : strings.network.waiting}</p>`
      }
    </div>`;
  }
}

/** @param {import('../network.js').ProbeView} probe */
function features({ features, channels }) {
  if (!features) return nothing;
  return html`<h4>${strings.network.features(features.count, whole(channels))}</h4>
    <p class="help">${strings.network.featuresHelp}</p>
    <ul class="maps">
      ${Array.from(
        { length: features.count },
        (_, index) => html`<li>
          <diffusion-picture .frames=${features} .index=${index} label=${strings.network.channel(index + 1)}></diffusion-picture>
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
  const { does } = strings.network;
  const [kind] = name.split('.');
  switch (kind) {
    case 'down_blocks':
      return does.down;
    case 'mid_block':
      return does.mid;
    case 'up_blocks':
      return does.up;
    case 'blocks':
      return does.blocks;
    case 'conv_in':
      return does.convIn;
    case 'conv_out':
    case 'conv_norm_out':
      return does.convOut;
    case 'x_embedder':
      return does.patches;
    case 'final_layer':
      return does.final;
    case 'output':
      return does.output;
    default:
      return kind.startsWith('t') ? does.time : does.class;
  }
}

customElements.define('diffusion-block-view', DiffusionBlockView);
