// How the network's answer gives a guess at the digit, with the numbers of the step on show.

import { html } from 'lit';
import { TIMESTEPS } from '../configs.js';
import { curves } from '../curves.js';
import { guessFormula, levelAt } from '../predictions.js';

/**
 * @param {import('../trajectory.js').SampleStep | undefined} step
 * @param {typeof import('../trajectory.js').trajectory} trajectory
 */
export function sampleFormula(step, { prediction, schedule }) {
  const timesteps = schedule.numTrainTimesteps ?? TIMESTEPS;
  const alphasCumprod = step && curves.of(schedule)?.alphasCumprod;
  const at = step && levelAt(prediction, step.t, alphasCumprod, timesteps);
  return html`<div class="formula"><math display="block">${guessFormula(prediction, at)}</math></div>`;
}
