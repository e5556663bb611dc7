// The variational bound of the network, term by term, beside the loss that it was trained with.

import { html, unsafeCSS } from 'lit';
import { duration, fixed, three, whole } from '../format.js';
import { model } from '../model.js';
import { objective } from '../objective.js';
import { nameOf } from '../predictions.js';
import { run } from '../run.js';
import { settings } from '../settings.js';
import './control.js';
import './notice.js';
import style from './objective.css' with { type: 'text' };
import { objectiveFormula } from './objective-formula.js';
import { Section } from './section.js';
import './term-chart.js';

export class DiffusionObjective extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('objective');
    this.watch(run);
    this.watch(model);
    this.watch(objective);
  }

  render() {
    const running = objective.phase === 'running';
    const hasModel = model.exists;
    return html`
      <figure>
        <div class="toolbar" role="group" aria-label="Measuring the bound">
          <button
            type="button"
            class="primary"
            ?disabled=${!hasModel}
            @click=${() => (running ? objective.cancel() : objective.begin())}
          >
            ${running ? 'Stop measuring' : 'Measure'}
          </button>
          <p class="status" role="status">${statusWords(hasModel)}</p>
        </div>
        <diffusion-notice place="objective"></diffusion-notice>
        ${this.#numbers()}
        <div class="panels">
          <div class="panel">
            <h3>Terms of the bound, bits per dimension</h3>
            <diffusion-term-chart kind="bits"></diffusion-term-chart>
            <p class="legend">
              <span class="key data"><b>L<sub>0</sub></b> the last step, to grey values</span>
              <span class="key model"><b>L<sub>t−1</sub></b> the steps before</span>
              <span class="key noise"><b>L<sub>T</sub></b> the start</span>
            </p>
          </div>
          <div class="panel">
            <h3>L<sub>simple</sub>, the error of ${nameOf(model.prediction)}</h3>
            <diffusion-term-chart kind="lSimple"></diffusion-term-chart>
            <p class="legend">What training minimises: every timestep counts alike.</p>
          </div>
        </div>
        <fieldset>
          <legend>Settings of the measurement</legend>
          <div class="controls">
            <diffusion-control name="boundVariance"></diffusion-control>
            <diffusion-control name="boundImages"></diffusion-control>
            <diffusion-control name="boundTimesteps"></diffusion-control>
            <diffusion-control name="boundSeed"></diffusion-control>
          </div>
        </fieldset>
      </figure>
      ${objectiveFormula(objective)}
    `;
  }

  #numbers() {
    const { sum, prior, reconstruction, simpleMean, terms, total } = objective;
    /** @param {unknown} name @param {string | undefined} value */
    const entry = (name, value) => html`<div><dt>${name}</dt><dd>${value ?? '–'}</dd></div>`;
    return html`<dl class="numbers">
      ${entry('Whole bound, estimated', sum === undefined ? undefined : fixed(sum, 3))}
      ${entry(html`L<sub>0</sub>`, reconstruction === undefined ? undefined : fixed(reconstruction, 3))}
      ${entry(html`L<sub>T</sub>`, prior === undefined ? undefined : three(Math.max(0, prior)))}
      ${entry(html`L<sub>simple</sub>, estimated`, simpleMean === undefined ? undefined : fixed(simpleMean, 4))}
      ${entry('Terms', total ? `${whole(terms.length)} of ${whole(total)}` : undefined)}
    </dl>`;
  }
}

/** @param {boolean} hasModel */
function statusWords(hasModel) {
  const { phase, done, terms, by } = objective;
  if (phase === 'running') return `Measuring on ${whole(settings.get('boundImages'))} test images.`;
  if (phase === 'done' && done) {
    const calls = `${whole(terms.length)} terms by ${whole(done.modelCalls)} model calls in ${duration(done.seconds)}`;
    return `${done.cancelled ? 'Stopped' : 'Done'}: ${calls}, of ${by}.`;
  }
  if (!hasModel) return 'There is nothing to measure without a network. Train one in section two first.';
  return model.ready('The network has not learned anything yet: expect a large bound.');
}

customElements.define('diffusion-objective', DiffusionObjective);
