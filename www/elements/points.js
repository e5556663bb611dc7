// Points in the plane: a whole distribution that can be seen at once, learned while one looks.

import { html, unsafeCSS } from 'lit';
import { duration, fixed, three, whole } from '../format.js';
import { strings } from '../language.js';
import { points } from '../points.js';
import { watchSeen } from '../seen.js';
import { settings } from '../settings.js';
import './control.js';
import './notice.js';
import style from './points.css' with { type: 'text' };
import { pointsFormula } from './points-formula.js';
import './points-loss.js';
import { progressLine } from './progress.js';
import './scatter.js';
import { Section } from './section.js';

/** From this length of the noise on, an arrow is as long as it gets: so many units. */
const [LONG, LONGEST] = [1.5, 0.27];
/** So many points leave a trail. */
const TRAILS = 40;

/** @typedef {import('../points.js').Samples} Samples */

export class DiffusionPoints extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  #endWatch = () => {};

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('points');
    this.watch(points);
    this.#endWatch = watchSeen(this, (seen) => points.see(seen));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#endWatch();
    points.see(false);
  }

  render() {
    const busy = points.phase === 'running' || points.phase === 'starting';
    const drawing = settings.get('pointsShape') === 'drawn';
    const { samples } = points;
    const stage = stageOf(samples);
    return html`
      <figure>
        <div class="controls">
          <diffusion-control name="pointsShape"></diffusion-control>
          <diffusion-control name="pointsRate"></diffusion-control>
          <diffusion-control name="pointsSeed"></diffusion-control>
        </div>
        <div class="toolbar" role="group" aria-label=${strings.points.group}>
          <button
            type="button"
            class="primary"
            ?disabled=${!points.hasData}
            @click=${() => (busy ? points.pause() : points.start())}
          >
            ${busy ? strings.points.pause : points.step ? strings.points.goOn : strings.points.train}
          </button>
          <button type="button" ?disabled=${!points.step} @click=${() => this.#reset(busy)}>${strings.points.anew}</button>
          ${
            drawing
              ? html`<button type="button" ?disabled=${!points.drawn.length} @click=${() => points.draw([])}>
                  ${strings.points.clear}
                </button>`
              : ''
          }
          <p class="status" role="status">${statusWords()}</p>
          ${progressLine(points.phase === 'starting', strings.points.group)}
        </div>
        <diffusion-notice place="points"></diffusion-notice>
        ${numbers(samples)}
        <div class="panels">
          <div class="panel data-panel">
            <h3 class="data">${strings.points.data}</h3>
            <diffusion-scatter
              class="points-data"
              ?drawable=${drawing}
              .layers=${[{ points: points.data, ink: 'var(--data)', radius: 1.5, opacity: 0.8 }]}
              label=${strings.points.toLearn(whole(points.data.length / 2))}
              @draw=${this.#draw}
            ></diffusion-scatter>
            <p class="help">
              ${drawing ? strings.points.drawHere : strings.points.nothingElse(whole(points.data.length / 2))}
            </p>
          </div>
          <div class="panel samples">
            <h3 class="model">${strings.points.samples}</h3>
            ${scatter(samples, stage)}
            <p class="help">${samples ? placeWords(samples, stage) : strings.points.notDrawn}</p>
          </div>
          <div class="scrubber">
            <diffusion-control name="pointsStage" ?disabled=${!samples}></diffusion-control>
            <diffusion-control name="pointsView"></diffusion-control>
          </div>
          <div class="panel loss">
            <h3>${strings.points.loss}</h3>
            <diffusion-points-loss></diffusion-points-loss>
          </div>
        </div>
      </figure>
      ${pointsFormula(samples, stage)}
    `;
  }

  /** @param {boolean} goOn */
  #reset(goOn) {
    if (goOn) points.pause();
    points.begin();
    if (goOn) points.start();
  }

  /** @param {CustomEvent<[number, number][]>} event */
  #draw({ detail }) {
    points.draw([...points.drawn, ...detail]);
  }
}

/** @param {Samples | undefined} samples */
const stageOf = (samples) => Math.min(settings.get('pointsStage'), (samples?.xT.length ?? 1) - 1);

/** An untrained network sends its samples anywhere. @param {number} distance */
const far = (distance) => (distance < 10 ? fixed(distance, 3) : three(distance));

/** @param {Samples | undefined} samples */
function numbers(samples) {
  const loss = points.smoothed.at(-1);
  /** @param {string} name @param {string | undefined} value */
  const entry = (name, value) => html`<div><dt>${name}</dt><dd>${value ?? '–'}</dd></div>`;
  return html`<dl class="numbers">
    ${entry(strings.points.steps, whole(points.step))} ${entry(strings.points.time, duration(points.seconds))}
    ${entry(strings.points.smoothed, loss === undefined ? undefined : fixed(loss, 3))}
    ${entry(strings.points.perSecond, points.stepsPerSecond ? three(points.stepsPerSecond) : undefined)}
    ${entry(strings.points.toData, samples && far(samples.toData))}
    ${entry(strings.points.toSample, samples && far(samples.toSample))}
  </dl>`;
}

/** @param {Samples | undefined} samples @param {number} stage */
function scatter(samples, stage) {
  const view = settings.get('pointsView');
  const guesses = view === 'x0Hat';
  const data = {
    points: points.data,
    ...{ ink: 'var(--data)', radius: 1, opacity: view === 'field' ? 0.6 : 0.25 },
  };
  if (!samples)
    return html`<diffusion-scatter class="points-samples" .layers=${[data]} label=${strings.points.noSamples}></diffusion-scatter>`;
  const shown = (guesses && samples.x0Hat[stage]) || samples.xT[stage];
  // The colour says what a point is made of.
  const share = Math.round(100 * samples.signal[stage] ** 2);
  const ink = guesses ? 'var(--model)' : `color-mix(in oklab, var(--model) ${share}%, var(--noise))`;
  const trails = Array.from({ length: view === 'xT' ? TRAILS : 0 }, (_, index) =>
    samples.xT.slice(0, stage + 1).flatMap((points) => [points[2 * index], points[2 * index + 1]]),
  );
  return html`<diffusion-scatter
    class="points-samples"
    .layers=${[data, { points: shown, ink, radius: 2, opacity: view === 'field' ? 0.3 : 0.85 }]}
    .arrows=${view === 'field' ? { ...arrows(samples, stage), ink: 'var(--model)' } : undefined}
    .trails=${{ lines: trails, ink: 'var(--muted)' }}
    .ringed=${[shown[0], shown[1]]}
    label=${strings.points.over(whole(samples.count), placeWords(samples, stage))}
  ></diffusion-scatter>`;
}

/** Away from the noise that is seen at each place. @param {Samples} samples @param {number} stage */
function arrows({ places, field }, stage) {
  const eps = field[Math.min(stage, field.length - 1)];
  const ways = places.map((_, index) => {
    const length = Math.hypot(eps[index & ~1], eps[index | 1]);
    return (-eps[index] / Math.max(length, LONG)) * LONGEST;
  });
  return { places, ways };
}

/** @param {Samples} samples @param {number} stage */
function placeWords({ step, xT }, stage) {
  const way = strings.points.stepOf(stage, xT.length - 1);
  const view = settings.get('pointsView');
  if (view === 'field')
    return strings.points.network(whole(step), strings.points.whatWhere(strings.points.field, way));
  const what =
    view === 'x0Hat'
      ? strings.points.guesses
      : stage === 0
        ? strings.points.noise
        : strings.points.onTheirWay;
  const where = stage === xT.length - 1 ? strings.points.arrived : strings.points.whatWhere(what, way);
  return strings.points.network(whole(step), where);
}

function statusWords() {
  if (!points.hasData) return strings.points.drawFirst;
  switch (points.phase) {
    case 'none':
    case 'starting':
      return strings.points.ready;
    case 'running':
      return strings.points.running;
    case 'paused':
      return points.step
        ? strings.points.paused(whole(points.step))
        : strings.points.fresh(whole(points.parameters));
  }
}

customElements.define('diffusion-points', DiffusionPoints);
