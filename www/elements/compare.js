// Samplers side by side: one noise, one network, a row each.

import { html, unsafeCSS } from 'lit';
import { comparison, SAMPLERS } from '../comparison.js';
import { whole } from '../format.js';
import { model, NO_CLASSES } from '../model.js';
import { run } from '../run.js';
import './control.js';
import style from './compare.css' with { type: 'text' };
import { compareFormula } from './compare-formula.js';
import { compareRow } from './compare-row.js';
import './notice.js';
import './picture.js';
import { Section } from './section.js';

export class DiffusionCompare extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('compare');
    this.watch(run);
    this.watch(model);
    this.watch(comparison);
  }

  render() {
    const running = comparison.phase === 'running';
    const hasModel = model.exists;
    return html`
      <figure>
        <div class="controls">
          <diffusion-control
            name="compareClass"
            ?disabled=${!model.knowsClasses}
            note=${model.knowsClasses ? '' : NO_CLASSES}
          ></diffusion-control>
          <diffusion-control name="compareSteps"></diffusion-control>
          <diffusion-control name="compareSeed"></diffusion-control>
        </div>
        <div class="toolbar" role="group" aria-label="Comparing">
          <button
            type="button"
            class="primary"
            ?disabled=${!hasModel}
            @click=${() => (running ? comparison.cancel() : comparison.begin())}
          >
            ${running ? 'Stop all' : 'Compare'}
          </button>
          <p class="status" role="status">${statusWords(hasModel)}</p>
        </div>
        <diffusion-notice place="compare"></diffusion-notice>
        <div class="start">
          <diffusion-picture class="mix" .frames=${comparison.start} label="The noise that all rows start from">
          </diffusion-picture>
          <p>
            <b class="mix">x<sub>T</sub></b>, the noise that all of them start from. Each row shows the guesses at the
            digit, <b class="model">x̂<sub>0</sub></b>, from the first step to the last, and the picture it arrives at.
          </p>
        </div>
        <ul class="rows">
          ${SAMPLERS.map((sampler, row) => compareRow(sampler, comparison, row))}
        </ul>
      </figure>
      ${compareFormula(comparison)}
    `;
  }
}

/** @param {boolean} hasModel */
function statusWords(hasModel) {
  const { phase, modelCalls, by } = comparison;
  if (phase === 'running') return 'Drawing, one row after the other, a few steps at a time.';
  if (phase === 'done' || phase === 'stopped') {
    return `${phase === 'done' ? 'Done' : 'Stopped'}: ${whole(modelCalls)} model calls in all, by ${by}.`;
  }
  if (!hasModel)
    return 'This takes a network. Train one in section two; a few hundred steps already tell them apart.';
  return model.ready('The network has not learned anything yet: expect noise from all of them.');
}

customElements.define('diffusion-compare', DiffusionCompare);
