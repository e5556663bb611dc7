// How the network's answer gives a guess at the digit, with the numbers of the step on show.

import { html } from 'lit';
import { TIMESTEPS } from '../configs.js';
import { curves } from '../curves.js';
import { guessFormula, levelAt } from '../predictions.js';

/**
 * @param {import('../trajectory.js').SampleStep | undefined} step
 * @param {{ prediction: import('../predictions.js').Prediction, schedule?: import('../curves.js').ScheduleConfig }} by whose step it is
 */
export function sampleFormula(step, { prediction, schedule }) {
  const timesteps = schedule?.numTrainTimesteps ?? TIMESTEPS;
  const alphasCumprod = step && schedule && curves.of(schedule)?.alphasCumprod;
  const at = step && levelAt(prediction, step.t, alphasCumprod, timesteps);
  return html`<div class="formula"><math display="block">${guessFormula(prediction, at)}</math></div>`;
}
