// Points in the plane: a whole distribution that can be seen at once, learned while one looks.

import { html, unsafeCSS } from 'lit';
import { duration, fixed, three, whole } from '../format.js';
import { points } from '../points.js';
import { watchSeen } from '../seen.js';
import { settings } from '../settings.js';
import './control.js';
import './notice.js';
import style from './points.css' with { type: 'text' };
import { pointsFormula } from './points-formula.js';
import './points-loss.js';
import './scatter.js';
import { Section } from './section.js';

/** Milliseconds a denoising step, when they are played. */
const PACE = 90;
/** So many points leave a trail. */
const TRAILS = 40;

/** @typedef {import('../points.js').Samples} Samples */

export class DiffusionPoints extends Section {
  static properties = { playing: { state: true } };
  static styles = [...Section.styles, unsafeCSS(style)];

  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #endWatch = () => {};

  constructor() {
    super();
    /** Whether the denoising steps go by. */
    this.playing = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('points');
    this.watch(points);
    this.#endWatch = watchSeen(this, (seen) => {
      points.see(seen);
      if (!seen) this.#stop();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#endWatch();
    this.#stop();
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
        <div class="toolbar" role="group" aria-label="Training on points">
          <button
            type="button"
            class="primary"
            ?disabled=${!points.hasData}
            @click=${() => (busy ? points.pause() : points.start())}
          >
            ${busy ? 'Pause' : points.step ? 'Go on' : 'Train on points'}
          </button>
          <button type="button" ?disabled=${!points.step} @click=${() => this.#reset(busy)}>Start anew</button>
          ${
            drawing
              ? html`<button type="button" ?disabled=${!points.drawn.length} @click=${() => points.draw([])}>
                  Clear the drawing
                </button>`
              : ''
          }
          <p class="status" role="status">${statusWords()}</p>
        </div>
        <diffusion-notice place="points"></diffusion-notice>
        ${numbers(samples)}
        <div class="panels">
          <div class="panel data-panel">
            <h3 class="data">Data</h3>
            <diffusion-scatter
              class="points-data"
              ?drawable=${drawing}
              .layers=${[{ points: points.data, ink: 'var(--data)', radius: 1.5, opacity: 0.8 }]}
              label=${`${whole(points.data.length / 2)} points to learn from`}
              @draw=${this.#draw}
            ></diffusion-scatter>
            <p class="help">
              ${
                drawing
                  ? 'Draw here. Each stroke joins the others, and all are scaled to fill the square.'
                  : `${whole(points.data.length / 2)} points. The network sees nothing else.`
              }
            </p>
          </div>
          <div class="panel samples">
            <h3 class="model">Samples</h3>
            ${scatter(samples, stage)}
            <p class="help">${samples ? placeWords(samples, stage) : 'Not drawn yet.'}</p>
          </div>
          <div class="scrubber">
            <button type="button" ?disabled=${!samples} @click=${() => (this.playing ? this.#stop() : this.#play())}>
              ${this.playing ? 'Stop' : 'Play the way'}
            </button>
            <diffusion-control name="pointsStage"></diffusion-control>
            <diffusion-control name="pointsView"></diffusion-control>
          </div>
          <div class="panel loss">
            <h3>Loss</h3>
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

  #play() {
    this.playing = true;
    settings.set('pointsStage', 0);
    this.#timer = setInterval(() => {
      const stage = settings.get('pointsStage');
      const last = (points.samples?.xT.length ?? 1) - 1;
      if (stage < last) settings.set('pointsStage', stage + 1);
      else this.#stop();
    }, PACE);
  }

  #stop() {
    clearInterval(this.#timer);
    this.playing = false;
  }
}

/** @param {Samples | undefined} samples */
const stageOf = (samples) => Math.min(settings.get('pointsStage'), (samples?.xT.length ?? 1) - 1);

/** @param {Samples | undefined} samples */
function numbers(samples) {
  const loss = points.smoothed.at(-1);
  /** @param {string} name @param {string | undefined} value */
  const entry = (name, value) => html`<div><dt>${name}</dt><dd>${value ?? '–'}</dd></div>`;
  return html`<dl class="numbers">
    ${entry('Training steps', whole(points.step))} ${entry('Time spent on them', duration(points.seconds))}
    ${entry('Loss, smoothed', loss === undefined ? undefined : fixed(loss, 3))}
    ${entry('Steps per second', points.stepsPerSecond ? three(points.stepsPerSecond) : undefined)}
    ${entry('From sample to data', samples && fixed(samples.toData, 3))}
    ${entry('From data to sample', samples && fixed(samples.toSample, 3))}
  </dl>`;
}

/** @param {Samples | undefined} samples @param {number} stage */
function scatter(samples, stage) {
  const guesses = settings.get('pointsView') === 'x0Hat';
  const data = { points: points.data, ink: 'var(--data)', radius: 1, opacity: 0.25 };
  if (!samples)
    return html`<diffusion-scatter class="points-samples" .layers=${[data]} label="No samples yet"></diffusion-scatter>`;
  const shown = (guesses && samples.x0Hat[stage]) || samples.xT[stage];
  // The colour says what a point is made of.
  const share = Math.round(100 * samples.signal[stage] ** 2);
  const ink = guesses ? 'var(--model)' : `color-mix(in oklab, var(--model) ${share}%, var(--noise))`;
  const trails = Array.from({ length: guesses ? 0 : TRAILS }, (_, index) =>
    samples.xT.slice(0, stage + 1).flatMap((points) => [points[2 * index], points[2 * index + 1]]),
  );
  return html`<diffusion-scatter
    class="points-samples"
    .layers=${[data, { points: shown, ink, radius: 2, opacity: 0.85 }]}
    .trails=${{ lines: trails, ink: 'var(--muted)' }}
    .ringed=${[shown[0], shown[1]]}
    label=${`${whole(samples.count)} samples over the data: ${placeWords(samples, stage)}`}
  ></diffusion-scatter>`;
}

/** @param {Samples} samples @param {number} stage */
function placeWords({ step, xT }, stage) {
  const way = `step ${stage} of ${xT.length - 1}`;
  const what = settings.get('pointsView') === 'x0Hat' ? 'guesses' : stage === 0 ? 'noise' : 'on their way';
  const where = stage === xT.length - 1 ? 'arrived' : `${what}, ${way}`;
  return `Network of training step ${whole(step)}: ${where}.`;
}

function statusWords() {
  if (!points.hasData) return 'Draw something in the left square first.';
  switch (points.phase) {
    case 'none':
    case 'starting':
      return 'Getting ready.';
    case 'running':
      return 'Training. It pauses while you look elsewhere.';
    case 'paused':
      return points.step
        ? `Paused after step ${whole(points.step)}.`
        : `Ready: ${whole(points.parameters)} weights, all of them random.`;
  }
}

customElements.define('diffusion-points', DiffusionPoints);
