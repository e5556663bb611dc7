// One sampler of the comparison: what it is, what it cost, its guesses on the way and its end.

import { html } from 'lit';
import { shortDuration, whole } from '../format.js';

/** @typedef {import('../rows.js').Rows} Rows */

/**
 * @param {{ name: string, words: string }} sampler
 * @param {Rows} rows
 * @param {number} row
 */
export function compareRow({ name, words }, rows, row) {
  const last = rows.last(row);
  const steps = rows.rows[row] ?? [];
  return html`<li>
    <div class="about">
      <h3>${name}</h3>
      <p class="help">${words}</p>
      <p class="cost">
        ${last ? html`${calls(last.modelCalls)}, <span class="time">${shortDuration(last.seconds)}</span>` : 'not drawn yet'}
      </p>
    </div>
    <div class="film" role="img" aria-label=${`${name}: ${steps.length} guesses at the digit, from noise to the end`}>
      ${Array.from(
        { length: rows.frames },
        (_, frame) =>
          html`<diffusion-picture aria-hidden="true" .frames=${steps[frame]?.x0Hat}></diffusion-picture>`,
      )}
    </div>
    <diffusion-picture
      class="mix end"
      .frames=${last?.xT}
      label=${last ? `${name}: the picture after step ${last.step} of ${last.steps}` : `${name}: no picture yet`}
    ></diffusion-picture>
  </li>`;
}

/** @param {number} count */
const calls = (count) => `${whole(count)} model ${count === 1 ? 'call' : 'calls'}`;
