// One row of the comparison: what draws it, what it cost, its guesses on the way and its end.

import { html, nothing } from 'lit';
import { shortDuration, whole } from '../format.js';
import { strings } from '../language.js';

/** @typedef {import('../rows.js').Rows} Rows */

/**
 * @param {{ name: string, help: string, problem?: string }} about
 * @param {Rows} rows
 * @param {number} row
 */
export function compareRow({ name, help, problem }, rows, row) {
  const last = rows.last(row);
  const steps = rows.rows[row] ?? [];
  return html`<li>
    <div class="about">
      <h3>${name}</h3>
      <p class="help">${help}</p>
      ${problem ? html`<p class="complaint" role="alert">${problem}</p>` : nothing}
      <p class="cost">
        ${last ? html`${calls(last.modelCalls)}, <span class="time">${shortDuration(last.seconds)}</span>` : strings.compare.notDrawn}
      </p>
    </div>
    <div class="film" role="img" aria-label=${strings.compare.film(name, steps.length)}>
      ${Array.from(
        { length: rows.frames },
        (_, frame) =>
          html`<diffusion-picture aria-hidden="true" .frames=${steps[frame]?.x0Hat}></diffusion-picture>`,
      )}
    </div>
    <diffusion-picture
      class="mix end"
      .frames=${last?.xT}
      label=${last ? strings.compare.end(name, last.step, last.steps) : strings.compare.noPicture(name)}
    ></diffusion-picture>
  </li>`;
}

/** @param {number} count */
const calls = (count) => strings.compare.calls(whole(count), count);
