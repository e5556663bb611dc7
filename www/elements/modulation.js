// What adaLN makes of the condition: shift, scale and gate of both halves of a block, a stroke for every channel.

import { html, svg } from 'lit';
import { three } from '../format.js';

const PARTS = ['shift', 'scale', 'gate'];
const HALVES = ['attention', 'MLP'];

/** @param {number[]} values the six vectors one after the other */
export function modulation(values) {
  const size = values.length / (PARTS.length * HALVES.length);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  const vectors = HALVES.flatMap((half) => PARTS.map((part) => ({ half, part })));
  return html`<h4>Shift, scale and gate</h4>
    <p class="help">
      What the block makes of timestep and class, a stroke for each of ${size} channels. All begin at 0: then the block
      adds nothing. The largest stroke is ${three(largest)}.
    </p>
    <dl class="vectors">
      ${vectors.map(({ half, part }, index) => {
        const vector = values.slice(index * size, (index + 1) * size);
        return html`<div>
          <dt>${part}, ${half}</dt>
          <dd>${strokes(vector, largest)} <span>root mean square ${three(rootMeanSquare(vector))}</span></dd>
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
