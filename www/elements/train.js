// Training from scratch: start, pause, one step, reset; the loss; samples that improve.

import { html, nothing, unsafeCSS } from 'lit';
import { className, classWords, dataSets } from '../data-sets.js';
import { duration, fixed, three, whole } from '../format.js';
import { strings } from '../language.js';
import { names, propertyOf } from '../properties.js';
import { run } from '../run.js';
import { bandLegend } from './band-chart.js';
import './control.js';
import { dataSetNote } from './data-set-note.js';
import './loss-chart.js';
import './notice.js';
import './own-data.js';
import './picture.js';
import { progressLine } from './progress.js';
import { Section } from './section.js';
import style from './train.css' with { type: 'text' };
import { trainFormula } from './train-formula.js';

/** Stand-ins until the first samples are there. */
const EMPTY_GRID = Array.from({ length: 20 }, (_, index) => index % 10);

const PROPERTIES = ['dataSet', ...names.filter((name) => propertyOf(name).section === 'train')];

export class DiffusionTrain extends Section {
  static properties = { logarithmic: { state: true }, raw: { state: true } };
  static styles = [...Section.styles, unsafeCSS(style)];

  constructor() {
    super();
    this.logarithmic = false;
    /** Whether the bands show every step's loss. */
    this.raw = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('train');
    this.adoptAttributes('data');
    this.watch(run);
    this.watch(dataSets);
  }

  render() {
    const busy = run.phase === 'running' || run.phase === 'starting';
    return html`
      <figure>
        <div class="toolbar" role="group" aria-label=${strings.train.group}>
          <button type="button" class="primary" @click=${() => (busy ? run.pause() : run.start())}>
            ${busy ? strings.train.pause : run.step ? strings.train.goOn : strings.train.start}
          </button>
          <button type="button" ?disabled=${busy || run.phase === 'stepping'} @click=${() => run.oneStep()}>
            ${strings.train.oneStep}
          </button>
          <button type="button" ?disabled=${run.phase === 'none'} @click=${() => run.reset()}>${strings.train.reset}</button>
          <p class="status" role="status">${statusWords()}</p>
          ${progressLine(run.phase === 'starting' || run.phase === 'stepping', strings.train.group)}
        </div>
        <diffusion-notice place="train" split="train"></diffusion-notice>
        ${this.#numbers()}
        <div class="panels">
          <div class="panel">
            <div class="panel-head">
              <h3>${strings.train.loss}</h3>
              <p class="thickness">${strings.train.thickness}</p>
              ${check(strings.train.logarithmic, this.logarithmic, (checked) => (this.logarithmic = checked))}
            </div>
            <diffusion-loss-chart ?logarithmic=${this.logarithmic}></diffusion-loss-chart>
          </div>
          <div class="panel">
            <div class="panel-head">
              <h3>${strings.train.samples}</h3>
              <p>${run.grid ? strings.train.after(whole(run.grid.step)) : strings.train.sameNoise}</p>
            </div>
            ${this.#grid()}
          </div>
          <div class="panel wide">
            <div class="panel-head">
              <h3>${strings.train.byTimestep}</h3>
              <p class="thickness">${strings.train.bands[run.config.prediction ?? 'epsilon']}</p>
              ${check(strings.train.everyStep, this.raw, (checked) => (this.raw = checked))}
            </div>
            <diffusion-band-chart ?raw=${this.raw}></diffusion-band-chart>
            ${bandLegend(run.bands)}
          </div>
        </div>
        <fieldset>
          <legend>${strings.train.settings}</legend>
          <div class="controls">
            ${PROPERTIES.map(
              (name) => html`<diffusion-control
                name=${name}
                note=${name === 'dataSet' ? dataSetNote(strings.dataSets.below) : ''}
              ></diffusion-control>`,
            )}
          </div>
          ${this.settings.get('dataSet') === 'own' ? html`<diffusion-own-data></diffusion-own-data>` : nothing}
          <p class="outdated" role="status">
            ${
              run.outdated
                ? html`${strings.train.changed}
                    <button type="button" @click=${() => this.#restart(busy)}>${strings.train.restart}</button>`
                : nothing
            }
          </p>
        </fieldset>
      </figure>
      ${trainFormula(run)}
    `;
  }

  #numbers() {
    const { stepsPerSecond, warmUpSeconds } = run;
    const loss = run.losses.at(-1);
    /** @param {string} name @param {string | undefined} value */
    const entry = (name, value) => html`<div><dt>${name}</dt><dd>${value ?? '–'}</dd></div>`;
    return html`<dl class="numbers">
      ${entry(strings.train.steps, whole(run.step))} ${entry(strings.train.lastLoss, loss === undefined ? undefined : fixed(loss, 4))}
      ${entry(strings.train.perSecond, stepsPerSecond ? three(stepsPerSecond) : undefined)}
      ${entry(strings.train.warmUp, warmUpSeconds ? duration(warmUpSeconds) : undefined)}
      ${entry(strings.train.weights, run.parameters ? whole(run.parameters) : undefined)}
    </dl>`;
  }

  #grid() {
    const { grid } = run;
    const labels = grid ? [...grid.labels] : EMPTY_GRID;
    return html`<ul class="grid" aria-label=${strings.train.samplesOf}>
      ${labels.map(
        (label, index) => html`<li>
          <diffusion-picture
            .frames=${grid?.frames}
            .index=${index}
            label=${grid ? strings.train.sampleFor(classWords(run.classes, label), grid.step) : strings.train.noSample}
          ></diffusion-picture>
          <span aria-hidden="true">${className(run.classes[label] ?? `${label}`)}</span>
        </li>`,
      )}
    </ul>`;
  }

  /** @param {boolean} goOn */
  #restart(goOn) {
    run.reset();
    if (goOn) run.start();
  }
}

/** @param {string} words @param {boolean} checked @param {(checked: boolean) => void} set */
const check = (words, checked, set) => html`<label class="check">
  <input
    type="checkbox"
    .checked=${checked}
    @change=${(/** @type {InputEvent} */ event) => set(/** @type {HTMLInputElement} */ (event.target).checked)}
  />
  ${words}
</label>`;

function statusWords() {
  switch (run.phase) {
    case 'none':
      return strings.train.nothing;
    case 'starting':
      return strings.train.ready;
    case 'running':
      return strings.train.running;
    case 'stepping':
      return strings.train.stepping;
    case 'paused':
      return run.step ? strings.train.paused(whole(run.step)) : strings.train.fresh;
  }
}

customElements.define('diffusion-train', DiffusionTrain);
