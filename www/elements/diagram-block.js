// One block of a diagram, as a button: its name, the shape of what it gives, its weights, its share of the work.

import { html, nothing } from 'lit';
import { blockTimes } from '../block-times.js';
import { compact, percent, shape } from '../format.js';
import { strings } from '../language.js';

/** @typedef {import('../network.js').Block} Block */
/** @typedef {import('../network.js').NetworkView} NetworkView */

/** What changes the resolution comes last in its block, and is drawn as the arrow to the next. */
const RESAMPLER = /\.(down|up)samplers\./;

/** @param {Block} block */
export const resampler = (block) => block.layers.find(({ name }) => RESAMPLER.test(name));

/** What a block gives before the resolution changes. @param {Block} block */
export const result = (block) => block.layers.filter(({ name }) => !RESAMPLER.test(name)).at(-1);

/**
 * @param {Block} block
 * @param {NetworkView} view
 * @param {string | undefined} opened
 * @param {(name: string) => void} choose
 * @param {string} [place] its place in the diagram's grid, as a style
 * @param {string} [side]
 */
export function diagramBlock(block, view, opened, choose, place, side = '') {
  const share = view.multiplyAdds ? block.multiplyAdds / view.multiplyAdds : 0;
  const seconds = blockTimes.of(block.name);
  return html`<button
    type="button"
    class="block ${side}"
    style=${place ?? nothing}
    aria-pressed=${block.name === opened ? 'true' : 'false'}
    @click=${() => choose(block.name)}
  >
    <b class="path">${block.name}</b>
    <span class="shape">${shape(result(block)?.shape ?? [])}</span>
    <span class="cost">${strings.network.blockWeights(compact(block.parameters))} <span class="share">${strings.network.blockWork(percent(block.multiplyAdds, view.multiplyAdds))}</span></span>
    ${
      seconds === undefined
        ? nothing
        : html`<span class="time-share">${strings.network.blockTime(percent(seconds, blockTimes.total))}</span>
            <span class="bar time" style="width: ${(100 * seconds) / blockTimes.total}%"></span>`
    }
    <span class="bar" style="width: ${100 * share}%"></span>
  </button>`;
}
