// The variational bound of the network, term by term, beside the loss that it was trained with.

import { html, unsafeCSS } from 'lit';
import { duration, fixed, three, whole } from '../format.js';
import { fill, strings } from '../language.js';
import { model } from '../model.js';
import { objective } from '../objective.js';
import { nameOf } from '../predictions.js';
import { run } from '../run.js';
import { settings } from '../settings.js';
import './control.js';
import './notice.js';
import style from './objective.css' with { type: 'text' };
import { objectiveFormula } from './objective-formula.js';
import { progressLine } from './progress.js';
import { Section } from './section.js';
import './term-chart.js';

const SIMPLE = html`L<sub>simple</sub>`;
/** lambda, the weight of the bound in L_hybrid (Nichol and Dhariwal 2021, section 3.1). */
const BOUND_WEIGHT = 0.001;

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
        <div class="toolbar" role="group" aria-label=${strings.objective.group}>
          <button
            type="button"
            class="primary"
            ?disabled=${!hasModel}
            @click=${() => (running ? objective.cancel() : objective.begin())}
          >
            ${running ? strings.objective.stop : strings.objective.measure}
          </button>
          <p class="status" role="status">${statusWords(hasModel)}</p>
          ${progressLine(running, strings.objective.group, objective.share)}
        </div>
        <diffusion-notice place="objective"></diffusion-notice>
        ${this.#numbers()}
        <div class="panels">
          <div class="panel">
            <h3>${strings.objective.terms}</h3>
            <diffusion-term-chart kind="bits"></diffusion-term-chart>
            <p class="legend">
              <span class="key data"><b>L<sub>0</sub></b> ${strings.objective.lastStep}</span>
              <span class="key model"><b>L<sub>t−1</sub></b> ${strings.objective.stepsBefore}</span>
              <span class="key noise"><b>L<sub>T</sub></b> ${strings.objective.theStart}</span>
            </p>
          </div>
          <div class="panel">
            <h3>${fill(strings.objective.errorOf, { simple: SIMPLE, what: nameOf(model.prediction) })}</h3>
            <diffusion-term-chart kind="lSimple"></diffusion-term-chart>
            <p class="legend">${strings.objective.minimised}</p>
          </div>
        </div>
        <fieldset>
          <legend>${strings.objective.settings}</legend>
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
      ${entry(strings.objective.whole, sum === undefined ? undefined : fixed(sum, 3))}
      ${entry(html`L<sub>0</sub>`, reconstruction === undefined ? undefined : fixed(reconstruction, 3))}
      ${entry(html`L<sub>T</sub>`, prior === undefined ? undefined : three(Math.max(0, prior)))}
      ${entry(fill(strings.objective.simple, { simple: SIMPLE }), simpleMean === undefined ? undefined : fixed(simpleMean, 4))}
      ${entry(html`L<sub>hybrid</sub>`, simpleMean === undefined || sum === undefined ? undefined : fixed(simpleMean + BOUND_WEIGHT * sum, 4))}
      ${entry(strings.objective.termsShort, total ? strings.objective.of(whole(terms.length), whole(total)) : undefined)}
    </dl>`;
  }
}

/** @param {boolean} hasModel */
function statusWords(hasModel) {
  const { phase, done, terms, by } = objective;
  if (phase === 'running') return strings.objective.running(whole(settings.get('boundImages')));
  if (phase === 'done' && done) {
    const how = done.cancelled ? strings.model.stopped : strings.model.done;
    return strings.objective.done(
      how,
      whole(terms.length),
      whole(done.modelCalls),
      duration(done.seconds),
      by,
    );
  }
  if (!hasModel) return strings.objective.noNetwork;
  return model.ready(strings.objective.untrained);
}

customElements.define('diffusion-objective', DiffusionObjective);
