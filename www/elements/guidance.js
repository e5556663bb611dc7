// Every digit by every guidance scale: a column keeps its noise, a row its scale.

import { html, nothing, unsafeCSS } from 'lit';
import { capital, classWords } from '../data-sets.js';
import { fixed, percent, whole } from '../format.js';
import { COLUMNS, classOfColumn, guidanceGrid, SCALES } from '../guidance-grid.js';
import { model } from '../model.js';
import { run } from '../run.js';
import { accuracy, verdicts } from '../verdicts.js';
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
        <div class="toolbar" role="group" aria-label="Guiding">
          <button
            type="button"
            class="primary"
            ?disabled=${!hasModel || !model.knowsDigits}
            @click=${() => (running ? guidanceGrid.cancel() : guidanceGrid.begin())}
          >
            ${running ? 'Stop drawing' : 'Draw the grid'}
          </button>
          <button type="button" ?disabled=${!verdicts.canSearch && !verdicts.search} @click=${this.#search}>
            ${verdicts.search ? 'Stop looking' : 'Look for copies'}
          </button>
          <p class="status" role="status">${statusWords(hasModel)}</p>
        </div>
        <diffusion-notice place="guidance"></diffusion-notice>
        <diffusion-notice place="neighbours" split=${verdicts.hasSearched ? 'train' : nothing}></diffusion-notice>
        ${this.#classifier()} ${this.#comparison()}
        <ul class="grid">
          <li class="start">
            <p class="about"><b class="mix">x<sub>T</sub></b><span class="help">the start, the same all the way down</span></p>
            <div class="pictures">
              ${COLUMNS.map(
                (column) => html`<diffusion-picture
                  .frames=${guidanceGrid.start}
                  .index=${column}
                  label=${`The noise that ${nameOf(column)} starts from`}
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
        <p>The pictures cannot be read: ${verdicts.problem.replace(/[^.!?]$/, '$&.')}</p>
        <button type="button" @click=${() => verdicts.fetch()}>Try again</button>
      </div>`;
    }
    return html`<p class="help reader">
      Under each picture: what the second network reads in it, and how probable it finds that. ✓ is the digit asked for, ✗
      another. It reads ${fixed(100 * accuracy, 2)} % of the real test images right.
    </p>`;
  }

  /** How near the pictures come to training images, and how near real ones do. */
  #comparison() {
    const { search, neighbours } = verdicts;
    if (search) {
      const { searched, of } = search;
      return html`<div class="search">
        <label for="search">Looking through ${of ? `${whole(searched)} of ${whole(of)}` : 'the'} training images</label>
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
      To the nearest training image it is ${fixed(median(distances), 2)} from the pictures of this grid, in the median, and
      ${fixed(median(testDistances), 2)} from ${testDistances.length} real digits of the test set. The nearest of
      those is ${fixed(least, 2)} away; ${nearer === 0 ? 'none' : nearer} of the ${distances.length} pictures
      ${nearer === 1 ? 'comes' : 'come'} nearer than that. The percentage says how many of the real digits come nearer
      than this picture. Distances are Euclidean, over pixels from −1 to 1.
    </p>`;
  }

  /** @param {number} scale @param {number} row */
  #row(scale, row) {
    const last = guidanceGrid.last(row);
    const { right, of } = verdicts.share(row);
    const progress = last
      ? `step ${last.step} of ${last.steps}`
      : scale === 1
        ? 'no guidance'
        : `${scale} × the difference`;
    return html`<li>
      <p class="about">
        <b class="model">w = ${scale}</b><span class="help">${progress}</span>
        <span class="help share">${of ? `read as asked: ${right} of ${of}, ${percent(right, of)}` : nothing}</span>
      </p>
      <div class="pictures">
        ${COLUMNS.map(
          (column) => html`<div>
            <diffusion-picture
              .frames=${last?.x0Hat}
              .index=${column}
              label=${
                last
                  ? `${capital(nameOf(column))} with guidance scale ${scale}, ${progress}${readWords(row, column)}`
                  : `No ${nameOf(column)} with guidance scale ${scale} yet`
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
      label="The training image nearest to it, ${classWords(model.classes, labels[index])}: ${distance} away"
    ></diffusion-picture>
    <p class="verdict"><b class="data">${distance}</b> ${Math.round(100 * shares[index])} %</p>`;
}

/** The same for those who don't see it. @param {number} row @param {number} column */
function readWords(row, column) {
  const verdict = verdicts.rows[row];
  return verdict
    ? `, read as ${verdict.classes[column]}, ${sure(verdict.probabilities[column])} probable`
    : '';
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
