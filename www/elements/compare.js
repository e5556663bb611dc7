// Samplers side by side: one noise, one network, a row each; and one of a second network.

import { html, nothing, unsafeCSS } from 'lit';
import { beside } from '../beside.js';
import { comparison, SAMPLERS } from '../comparison.js';
import { sentence, whole } from '../format.js';
import { fill, strings } from '../language.js';
import { model } from '../model.js';
import { run } from '../run.js';
import './control.js';
import style from './compare.css' with { type: 'text' };
import { compareFormula } from './compare-formula.js';
import { compareRow } from './compare-row.js';
import './notice.js';
import './picture.js';
import { progressLine } from './progress.js';
import { Section } from './section.js';

export class DiffusionCompare extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('compare');
    this.watch(run);
    this.watch(model);
    this.watch(comparison);
    this.watch(beside);
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
            note=${model.knowsClasses ? '' : strings.model.noClasses}
          ></diffusion-control>
          <diffusion-control name="compareSteps"></diffusion-control>
          <diffusion-control name="compareSeed"></diffusion-control>
          <diffusion-control
            name="compareBeside"
            ?disabled=${!beside.fitting}
            note=${beside.fitting ? '' : strings.compare.notBeside}
          ></diffusion-control>
        </div>
        <div class="toolbar" role="group" aria-label=${strings.compare.group}>
          <button
            type="button"
            class="primary"
            ?disabled=${!hasModel}
            @click=${() => (running ? comparison.cancel() : comparison.begin())}
          >
            ${running ? strings.compare.stop : strings.compare.compare}
          </button>
          <p class="status" role="status">${statusWords(hasModel)}</p>
          ${progressLine(running, strings.compare.group, beside.share ?? comparison.share)}
        </div>
        <diffusion-notice place="compare"></diffusion-notice>
        <div class="start">
          <diffusion-picture class="mix" .frames=${comparison.start} label=${strings.compare.xT}>
          </diffusion-picture>
          <p>
            ${fill(strings.compare.start, { xT: html`<b class="mix">x<sub>T</sub></b>`, x0: html`<b class="model">x̂<sub>0</sub></b>` })}
          </p>
        </div>
        <ul class="rows">
          ${SAMPLERS.map(({ sampler, name }, row) =>
            compareRow({ name, help: strings.compare.samplers[sampler] }, comparison, row),
          )}
          ${besideRow()}
        </ul>
      </figure>
      ${compareFormula(comparison)}
    `;
  }
}

/** That of the second network. */
function besideRow() {
  const { wanted, problem } = beside;
  if (!wanted) return nothing;
  const { label, name } = comparison.beside ?? wanted;
  const { flow, besideFlow, noise, besideNoise, missing } = strings.compare;
  const about =
    name === 'mnist-flow'
      ? { name: flow, help: besideFlow(label) }
      : { name: noise, help: besideNoise(label) };
  return compareRow(
    { ...about, problem: problem && missing(sentence(problem)) },
    comparison,
    SAMPLERS.length,
  );
}

/** @param {boolean} hasModel */
function statusWords(hasModel) {
  const { phase, modelCalls, beside: second } = comparison;
  if (beside.share !== undefined && beside.wanted) return strings.compare.fetching(beside.wanted.label);
  if (phase === 'running') return strings.compare.running;
  if (phase === 'done' || phase === 'stopped') {
    const how = phase === 'done' ? strings.model.done : strings.model.stopped;
    const by = second ? strings.compare.both(comparison.by, second.label) : comparison.by;
    return strings.model.callsInAll(how, whole(modelCalls), by);
  }
  if (!hasModel) return strings.compare.noNetwork;
  return model.ready(strings.compare.untrained);
}

customElements.define('diffusion-compare', DiffusionCompare);
