// Training from scratch: start, pause, one step, reset; the loss; samples that improve.

import { html, nothing, unsafeCSS } from 'lit';
import { classWords, dataSets } from '../data-sets.js';
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
import { Section } from './section.js';
import style from './train.css' with { type: 'text' };
import { trainFormula } from './train-formula.js';

/** Stand-ins until the first samples are there. */
const EMPTY_GRID = Array.from({ length: 20 }, (_, index) => index % 10);

/** What to expect of the bands. */
const BANDS = {
  epsilon: 'little noise is hard to find, much noise is easy',
  sample: 'much noise hides the digit, little noise shows it',
  v: 'from the least noisy examples to the noisiest',
  flow: 'from the least noisy examples to the noisiest',
};

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
        <div class="toolbar" role="group" aria-label="Training">
          <button type="button" class="primary" @click=${() => (busy ? run.pause() : run.start())}>
            ${busy ? 'Pause' : run.step ? 'Go on' : 'Start training'}
          </button>
          <button type="button" ?disabled=${busy || run.phase === 'stepping'} @click=${() => run.oneStep()}>
            One step
          </button>
          <button type="button" ?disabled=${run.phase === 'none'} @click=${() => run.reset()}>Reset</button>
          <p class="status" role="status">${statusWords()}</p>
        </div>
        <diffusion-notice place="train" split="train"></diffusion-notice>
        ${this.#numbers()}
        <div class="panels">
          <div class="panel">
            <div class="panel-head">
              <h3>Loss</h3>
              <p class="thickness">thin: each step, thick: smoothed</p>
              ${check('logarithmic', this.logarithmic, (checked) => (this.logarithmic = checked))}
            </div>
            <diffusion-loss-chart ?logarithmic=${this.logarithmic}></diffusion-loss-chart>
          </div>
          <div class="panel">
            <div class="panel-head">
              <h3>Samples</h3>
              <p>${run.grid ? `after ${whole(run.grid.step)} steps` : 'from the same noise every time'}</p>
            </div>
            ${this.#grid()}
          </div>
          <div class="panel wide">
            <div class="panel-head">
              <h3>Loss by timestep</h3>
              <p class="thickness">${BANDS[run.config.prediction ?? 'epsilon']}</p>
              ${check('every step', this.raw, (checked) => (this.raw = checked))}
            </div>
            <diffusion-band-chart ?raw=${this.raw}></diffusion-band-chart>
            ${bandLegend(run.bands)}
          </div>
        </div>
        <fieldset>
          <legend>Settings of the run</legend>
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
                ? html`Settings changed: restart to apply.
                    <button type="button" @click=${() => this.#restart(busy)}>Restart with these</button>`
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
      ${entry('Training steps', whole(run.step))} ${entry('Last loss', loss === undefined ? undefined : fixed(loss, 4))}
      ${entry('Steps per second', stepsPerSecond ? three(stepsPerSecond) : undefined)}
      ${entry('Warm-up (not counted)', warmUpSeconds ? duration(warmUpSeconds) : undefined)}
      ${entry('Weights', run.parameters ? whole(run.parameters) : undefined)}
    </dl>`;
  }

  #grid() {
    const { grid } = run;
    const labels = grid ? [...grid.labels] : EMPTY_GRID;
    return html`<ul class="grid" aria-label="Samples of the network">
      ${labels.map(
        (label, index) => html`<li>
          <diffusion-picture
            .frames=${grid?.frames}
            .index=${index}
            label=${grid ? `Sample for ${classWords(run.classes, label)} after ${grid.step} steps` : 'No sample yet'}
          ></diffusion-picture>
          <span aria-hidden="true">${run.classes[label] ?? label}</span>
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
      return 'Nothing has been learned yet.';
    case 'starting':
      return 'Getting ready. The first step takes longest.';
    case 'running':
      return 'Training.';
    case 'stepping':
      return 'Taking one step.';
    case 'paused':
      return run.step ? `Paused after step ${whole(run.step)}.` : 'Fresh weights: back at step 0.';
  }
}

customElements.define('diffusion-train', DiffusionTrain);
