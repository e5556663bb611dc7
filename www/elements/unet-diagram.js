// A U-Net as a U: down on the left, up on the right, and the skip connections across.

import { html, svg } from 'lit';
import { shape } from '../format.js';
import { fill, strings } from '../language.js';
import { diagramBlock, resampler, result } from './diagram-block.js';

/** @typedef {import('../network.js').Block} Block */
/** @typedef {import('../network.js').NetworkView} NetworkView */

/**
 * @param {NetworkView} view
 * @param {string | undefined} opened
 * @param {(name: string) => void} choose
 */
export function unetDiagram(view, opened, choose) {
  const named = (/** @type {string} */ start) => view.blocks.filter(({ name }) => name.startsWith(start));
  const [down, up] = [named('down_blocks.'), named('up_blocks.')];
  const levels = down.length;
  /** Two rows a level: blocks, then arrows. The first row is the image's. @param {number} level */
  const row = (level) => 3 + 2 * level;
  /** @param {number} level @param {1 | 3} column @param {number} [below] */
  const place = (level, column, below = 0) =>
    `grid-area: ${row(level) + below} / ${column}; --level: ${level}`;
  /** @param {Block} block @param {string} [where] @param {string} [side] */
  const draw = (block, where, side) => diagramBlock(block, view, opened, choose, where, side);

  return html`<div class="embeddings">
      ${[...named('time_'), ...named('class_'), ...named('context_')].map((block) => draw(block))}
      <p class="help">${strings.network.intoBlocks}</p>
    </div>
    <div class="unet">
      <p class="end mix" style="grid-area: 1 / 1">${fill(strings.network.in, { xt: html`x<sub>t</sub>` })}</p>
      ${named('conv_in').map((block) => draw(block, 'grid-area: 2 / 1'))}
      ${down.map((block, level) => [
        draw(block, place(level, 1), 'left'),
        arrow('down', level + 1 < levels ? resampler(block) : undefined, place(level, 1, 1)),
      ])}
      ${named('mid_block').map((block) => draw(block, `grid-area: ${row(levels)} / 1 / auto / 4; --level: ${levels}`, 'bottom'))}
      ${up.map((block, index) => {
        const level = levels - 1 - index;
        // Its arrow leads to the level above, and so lies below that.
        const above = level > 0 ? arrow('up', resampler(block), place(level - 1, 3, 1)) : '';
        const below = index === 0 ? arrow('up', undefined, place(level, 3, 1)) : '';
        return [below, draw(block, place(level, 3), 'right'), above];
      })}
      ${down.map((block, level) => skip(block, up[levels - 1 - level], `grid-area: ${row(level)} / 2; --level: ${level}`))}
      <div class="stack" style="grid-area: 2 / 3">
        ${[...named('conv_out'), ...named('conv_norm_out')].map((block) => draw(block))}
      </div>
      <p class="end model" style="grid-area: 1 / 3">${strings.network.out}</p>
    </div>`;
}

/**
 * @param {'down' | 'up'} way
 * @param {import('../../pkg/diffusion_playground.js').Row | undefined} layer what changes the resolution
 * @param {string} where
 */
function arrow(way, layer, where) {
  const size = layer?.shape.slice(2);
  return html`<p class="arrow ${way === 'down' ? 'left' : 'right'}" style=${where}>
    <span aria-hidden="true">${way === 'down' ? '↓' : '↑'}</span> ${size ? strings.network.to(shape(size)) : ''}
  </p>`;
}

/**
 * What the way up gets from the way down at the same resolution: a tensor for each of its residual blocks.
 * @param {Block} from
 * @param {Block | undefined} to
 * @param {string} where
 */
function skip(from, to, where) {
  const count = to?.layers.filter(({ name }) => name.includes('.resnets.')).length ?? 0;
  const [, , height, width] = result(from)?.shape ?? [];
  return html`<svg
    class="skip"
    style=${where}
    role="img"
    aria-label=${strings.network.skip(count, height, width)}
  >
    ${svg`<line x1="0" x2="100%" y1="50%" y2="50%" />
    <svg x="100%" y="50%" overflow="visible"><path d="M-8,-4 L-1,0 L-8,4" /></svg>
    <text x="50%" y="50%" dy="-6">${count}</text>`}
  </svg>`;
}
