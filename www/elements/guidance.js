// Every digit by every guidance scale: a column keeps its noise, a row its scale.

import { html, unsafeCSS } from 'lit';
import { capital, classWords } from '../data-sets.js';
import { whole } from '../format.js';
import { COLUMNS, classOfColumn, guidanceGrid, SCALES } from '../guidance-grid.js';
import { model } from '../model.js';
import { run } from '../run.js';
import './control.js';
import style from './guidance.css' with { type: 'text' };
import { guidanceFormula } from './guidance-formula.js';
import './notice.js';
import './picture.js';
import { Section } from './section.js';

export class DiffusionGuidance extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('guidance');
    this.watch(run);
    this.watch(model);
    this.watch(guidanceGrid);
  }

  render() {
    const running = guidanceGrid.phase === 'running';
    const hasModel = model.exists;
    return html`
      <figure>
        <div class="controls">
          <diffusion-control name="guidanceRescale"></diffusion-control>
          <diffusion-control name="guidanceSteps"></diffusion-control>
          <diffusion-control name="guidanceSeed"></diffusion-control>
        </div>
        <div class="toolbar" role="group" aria-label="Guiding">
          <button
            type="button"
            class="primary"
            ?disabled=${!hasModel || !model.knowsDigits}
            @click=${() => (running ? guidanceGrid.cancel() : guidanceGrid.begin())}
          >
            ${running ? 'Stop drawing' : 'Draw the grid'}
          </button>
          <p class="status" role="status">${statusWords(hasModel)}</p>
        </div>
        <diffusion-notice place="guidance"></diffusion-notice>
        <ul class="grid">
          <li class="start">
            <p class="about"><b class="mix">x<sub>T</sub></b><span class="help">the start, the same all the way down</span></p>
            ${this.#pictures(guidanceGrid.start, (name) => `The noise that ${name} starts from`)}
          </li>
          ${SCALES.map((scale, row) => this.#row(scale, row))}
        </ul>
      </figure>
      ${guidanceFormula()}
    `;
  }

  /** @param {number} scale @param {number} row */
  #row(scale, row) {
    const last = guidanceGrid.last(row);
    const progress = last
      ? `step ${last.step} of ${last.steps}`
      : scale === 1
        ? 'no guidance'
        : `${scale} × the difference`;
    return html`<li>
      <p class="about"><b class="model">w = ${scale}</b><span class="help">${progress}</span></p>
      ${this.#pictures(last?.x0Hat, (name) =>
        last
          ? `${capital(name)} with guidance scale ${scale}, ${progress}`
          : `No ${name} with guidance scale ${scale} yet`,
      )}
    </li>`;
  }

  /**
   * @param {import('../../pkg/diffusion_playground.js').Frames | undefined} frames
   * @param {(name: string) => string} words of a class
   */
  #pictures(frames, words) {
    return html`<div class="pictures">
      ${COLUMNS.map((column) => {
        const name = classWords(model.classes, classOfColumn(column));
        return html`<diffusion-picture .frames=${frames} .index=${column} label=${words(name)}></diffusion-picture>`;
      })}
    </div>`;
  }
}

/** @param {boolean} hasModel */
function statusWords(hasModel) {
  const { phase, modelCalls, by } = guidanceGrid;
  if (phase === 'running') return 'Drawing all rows at once, a few steps at a time.';
  if (phase === 'done' || phase === 'stopped') {
    return `${phase === 'done' ? 'Done' : 'Stopped'}: ${whole(modelCalls)} model calls in all, by ${by}.`;
  }
  if (!model.knowsDigits)
    return 'The opened network does not know the ten digits: there is nothing to guide it to.';
  if (!hasModel) return 'Guidance steers a network, and there is none so far. Train one in section two.';
  return model.ready('The network has not learned anything yet: there is nothing to exaggerate.');
}

customElements.define('diffusion-guidance', DiffusionGuidance);
