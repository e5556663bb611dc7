// A Diffusion Transformer as a column of blocks, the opened one drawn from the inside.

import { html, nothing, svg } from 'lit';
import { fill, strings } from '../language.js';
import { diagramBlock } from './diagram-block.js';

/** @typedef {import('../network.js').NetworkView} NetworkView */

/**
 * @param {NetworkView} view
 * @param {string | undefined} opened
 * @param {(name: string) => void} choose
 */
export function ditDiagram(view, opened, choose) {
  const named = (/** @type {string} */ start) => view.blocks.filter(({ name }) => name.startsWith(start));
  const draw = (/** @type {import('../network.js').Block} */ block) =>
    diagramBlock(block, view, opened, choose);
  return html`<div class="embeddings">
      ${[...named('t_embedder'), ...named('y_embedder')].map(draw)}
      <p class="help">${strings.network.condition}</p>
    </div>
    <div class="dit">
      <p class="end mix">${fill(strings.network.inPatches, { xt: html`x<sub>t</sub>` })}</p>
      ${named('x_embedder').map(draw)}
      ${named('blocks.').map((block) => [
        html`<p class="arrow" aria-hidden="true">↓</p>`,
        html`<div class="conditioned">${draw(block)}</div>`,
        block.name === opened ? inside() : nothing,
      ])}
      <p class="arrow" aria-hidden="true">↓</p>
      ${named('final_layer').map((block) => html`<div class="conditioned">${draw(block)}</div>`)}
      <p class="arrow" aria-hidden="true">↓</p>
      ${named('output').map(draw)}
      <p class="end model">${strings.network.outPatches}</p>
    </div>`;
}

/** The two halves of an adaLN-Zero block: each goes around its own work, and adds it, scaled by the gate. */
function inside() {
  return html`<svg
    class="inside"
    viewBox="0 0 340 172"
    role="img"
    aria-label=${strings.network.inside}
  >
    ${half(0, strings.network.halves.attention)} ${half(86, strings.network.halves.mlp)}
  </svg>`;
}

/** @param {number} top @param {string} work */
function half(top, work) {
  /** @param {number} x @param {number} width @param {string} words @param {string} [kind] */
  const box = (x, width, words, kind = '') => svg`<g class=${kind}>
    <rect x=${x} y=${top + 34} width=${width} height="26" rx="4" />
    <text x=${x + width / 2} y=${top + 51}>${words}</text>
  </g>`;
  /** @param {number} x */
  const condition = (x) => svg`<path class="condition" d="M${x},${top + 78} V${top + 62}" />
    <text class="condition" x=${x + 9} y=${top + 76}>c</text>`;
  return svg`
    <path class="wire" d="M8,${top + 47} H330" />
    <path class="wire" d="M20,${top + 47} V${top + 14} H318 V${top + 38}" />
    ${box(32, 44, strings.network.norm)} ${box(86, 82, strings.network.scaleShift, 'modulated')} ${condition(127)}
    ${box(178, 66, work)} ${box(254, 42, strings.network.parts.gate, 'modulated')} ${condition(275)}
    <circle cx="318" cy=${top + 47} r="9" /><text x="318" y=${top + 51}>+</text>`;
}
