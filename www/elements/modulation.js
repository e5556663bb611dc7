// What adaLN makes of the condition: shift, scale and gate of both halves of a block, a stroke for every channel.

import { html, svg } from 'lit';
import { three } from '../format.js';
import { strings } from '../language.js';

const PARTS = /** @type {const} */ (['shift', 'scale', 'gate']);
const HALVES = /** @type {const} */ (['attention', 'mlp']);

/** @param {number[]} values the six vectors one after the other */
export function modulation(values) {
  const size = values.length / (PARTS.length * HALVES.length);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const vectors = HALVES.flatMap((half) => PARTS.map((part) => ({ half, part })));
  return html`<h4>${strings.network.modulation}</h4>
    <p class="help">
      ${strings.network.modulationHelp(size, three(largest))}
    </p>
    <dl class="vectors">
      ${vectors.map(({ half, part }, index) => {
        const vector = values.slice(index * size, (index + 1) * size);
        return html`<div>
          <dt>${strings.network.partOf(strings.network.parts[part], strings.network.halves[half])}</dt>
          <dd>${strokes(vector, largest)} <span>${strings.network.rootMeanSquare(three(rootMeanSquare(vector)))}</span></dd>
        </div>`;
      })}
    </dl>`;
}

/** @param {readonly number[]} values */
export const rootMeanSquare = (values) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** @param {readonly number[]} vector @param {number} largest */
function strokes(vector, largest) {
  const path = vector
    .map((value, channel) => `M${channel + 0.5},0V${(-value / largest).toFixed(4)}`)
    .join('');
  return html`<svg viewBox="0 -1 ${vector.length} 2" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<path class="zero" d="M0,0H${vector.length}" /><path d=${path} />`}
  </svg>`;
}
