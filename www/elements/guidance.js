// Every digit by every guidance scale: a column keeps its noise, a row its scale.

import { html, nothing, unsafeCSS } from 'lit';
import { capital, classWords } from '../data-sets.js';
import { fixed, percent, sentence, whole } from '../format.js';
import { COLUMNS, classOfColumn, guidanceGrid, SCALES } from '../guidance-grid.js';
import { strings } from '../language.js';
import { model } from '../model.js';
import { run } from '../run.js';
import { accuracy, verdicts } from '../verdicts.js';
import './control.js';
import style from './guidance.css' with { type: 'text' };
import { guidanceFormula } from './guidance-formula.js';
import './notice.js';
import './picture.js';
import { progressLine } from './progress.js';
import { Section } from './section.js';

export class DiffusionGuidance extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('guidance');
    this.watch(run);
    this.watch(model);
    this.watch(guidanceGrid);
    this.watch(verdicts);
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
          <diffusion-control name="guidanceVerdicts"></diffusion-control>
        </div>
        <div class="toolbar" role="group" aria-label=${strings.guidance.group}>
          <button
            type="button"
            class="primary"
            ?disabled=${!hasModel || !model.knowsDigits}
            @click=${() => (running ? guidanceGrid.cancel() : guidanceGrid.begin())}
          >
            ${running ? strings.guidance.stop : strings.guidance.draw}
          </button>
          <button type="button" ?disabled=${!verdicts.canSearch && !verdicts.search} @click=${this.#search}>
            ${verdicts.search ? strings.guidance.stopLooking : strings.guidance.look}
          </button>
          <p class="status" role="status">${statusWords(hasModel)}</p>
          ${progressLine(running, strings.guidance.group, guidanceGrid.share)}
        </div>
        <diffusion-notice place="guidance"></diffusion-notice>
        <diffusion-notice place="neighbours" split=${verdicts.hasSearched ? 'train' : nothing}></diffusion-notice>
        ${this.#classifier()} ${this.#comparison()}
        <ul class="grid">
          <li class="start">
            <p class="about"><b class="mix">x<sub>T</sub></b><span class="help">${strings.guidance.start}</span></p>
            <div class="pictures">
              ${COLUMNS.map(
                (column) => html`<diffusion-picture
                  .frames=${guidanceGrid.start}
                  .index=${column}
                  label=${strings.guidance.noise(nameOf(column))}
                ></diffusion-picture>`,
              )}
            </div>
          </li>
          ${SCALES.map((scale, row) => this.#row(scale, row))}
        </ul>
      </figure>
      ${guidanceFormula()}
    `;
  }

  #search() {
    if (verdicts.search) verdicts.cancelSearch();
    else verdicts.findNeighbours();
  }

  /** What became of the classifier. */
  #classifier() {
    if (!verdicts.wanted) return nothing;
    if (verdicts.problem !== undefined) {
      return html`<div class="box" role="alert">
        <p>${strings.guidance.unread(sentence(verdicts.problem))}</p>
        <button type="button" @click=${() => verdicts.fetch()}>${strings.guidance.again}</button>
      </div>`;
    }
    return html`<p class="help reader">
      ${strings.guidance.reader(fixed(100 * accuracy, 2))}
    </p>`;
  }

  /** How near the pictures come to training images, and how near real ones do. */
  #comparison() {
    const { search, neighbours } = verdicts;
    if (search) {
      const { searched, of } = search;
      return html`<div class="search">
        <label for="search">${of ? strings.guidance.lookingOf(whole(searched), whole(of)) : strings.guidance.looking}</label>
        <progress id="search" max=${of || nothing} value=${of ? searched : nothing}></progress>
      </div>`;
    }
    if (!neighbours) return nothing;
    const { distances, testDistances } = neighbours;
    const least = testDistances[0];
    const nearer = distances.filter((distance) => distance < least).length;
    /** @param {number[]} values */
    const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
    return html`<p class="help comparison" role="status">
      ${strings.guidance.distances({
        grid: fixed(median(distances), 2),
        test: fixed(median(testDistances), 2),
        testImages: testDistances.length,
        least: fixed(least, 2),
        nearer,
        pictures: distances.length,
      })}
    </p>`;
  }

  /** @param {number} scale @param {number} row */
  #row(scale, row) {
    const last = guidanceGrid.last(row);
    const { right, of } = verdicts.share(row);
    const progress = last
      ? strings.guidance.stepOf(last.step, last.steps)
      : scale === 1
        ? strings.guidance.none
        : strings.guidance.times(scale);
    return html`<li>
      <p class="about">
        <b class="model">w = ${scale}</b><span class="help">${progress}</span>
        <span class="help share">${of ? strings.guidance.share(right, of, percent(right, of)) : nothing}</span>
      </p>
      <div class="pictures">
        ${COLUMNS.map(
          (column) => html`<div>
            <diffusion-picture
              .frames=${last?.x0Hat}
              .index=${column}
              label=${
                last
                  ? strings.guidance.picture(capital(nameOf(column)), scale, progress, readWords(row, column))
                  : strings.guidance.noPicture(nameOf(column), scale)
              }
            ></diffusion-picture>
            ${reading(row, column)} ${nearest(row, column)}
          </div>`,
        )}
      </div>
    </li>`;
  }
}

/** What is asked for in a column. @param {number} column */
const nameOf = (column) => classWords(model.classes, classOfColumn(column));

/** @param {number} probability */
const sure = (probability) => (probability > 0.9995 ? '>99.9 %' : `${fixed(100 * probability, 1)} %`);

/** What was read in a picture, under it. @param {number} row @param {number} column */
function reading(row, column) {
  if (!verdicts.wanted) return nothing;
  const verdict = verdicts.rows[row];
  if (!verdict) return html`<p class="verdict"></p>`;
  const right = verdict.classes[column] === classOfColumn(column);
  // The picture's label says the same.
  return html`<p class=${right ? 'verdict' : 'verdict wrong'} aria-hidden="true">
    <b>${right ? '✓' : '✗'} ${verdict.classes[column]}</b> ${sure(verdict.probabilities[column])}
  </p>`;
}

/** The training image that is nearest to a picture. @param {number} row @param {number} column */
function nearest(row, column) {
  if (!verdicts.neighbours) return nothing;
  const { frames, labels, distances, shares } = verdicts.neighbours;
  const index = row * COLUMNS.length + column;
  const distance = fixed(distances[index], 1);
  return html`<diffusion-picture
      class="near"
      .frames=${frames}
      .index=${index}
      label=${strings.guidance.nearest(classWords(model.classes, labels[index]), distance)}
    ></diffusion-picture>
    <p class="verdict"><b class="data">${distance}</b> ${Math.round(100 * shares[index])} %</p>`;
}

/** The same for those who don't see it. @param {number} row @param {number} column */
function readWords(row, column) {
  const verdict = verdicts.rows[row];
  return verdict ? strings.guidance.readAs(verdict.classes[column], sure(verdict.probabilities[column])) : '';
}

/** @param {boolean} hasModel */
function statusWords(hasModel) {
  const { phase, modelCalls, by } = guidanceGrid;
  if (phase === 'running') return strings.guidance.running;
  if (phase === 'done' || phase === 'stopped') {
    const how = phase === 'done' ? strings.model.done : strings.model.stopped;
    return strings.model.callsInAll(how, whole(modelCalls), by);
  }
  if (!model.knowsDigits) return strings.guidance.noDigits;
  if (!hasModel) return strings.guidance.noNetwork;
  return model.ready(strings.guidance.untrained);
}

customElements.define('diffusion-guidance', DiffusionGuidance);
