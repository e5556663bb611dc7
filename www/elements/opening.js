// The opening: a trained network comes with the page, and digits form from noise at once.

import { html, nothing, unsafeCSS } from 'lit';
import { capital, className, classWords } from '../data-sets.js';
import { duration, megabytes, sentence } from '../format.js';
import { strings } from '../language.js';
import { model } from '../model.js';
import { COUNT, opening, STEPS } from '../opening.js';
import { run } from '../run.js';
import { watchSeen } from '../seen.js';
import { settings } from '../settings.js';
import { shipped } from '../shipped.js';
import './control.js';
import '../play.js';
import './notice.js';
import style from './opening.css' with { type: 'text' };
import './picture.js';
import { recordedFilm } from '../recording.js';
import { progressLine } from './progress.js';
import { Section } from './section.js';

/** Milliseconds a step at least, so that it can be followed. */
const PACE = 140;
/** Who has waited so long for a network sees a recording meanwhile. */
const PATIENCE = 1500;

export class DiffusionOpening extends Section {
  static properties = { shown: { state: true }, chosen: { state: true }, recorded: { state: true } };
  static styles = [...Section.styles, unsafeCSS(style)];

  #still = matchMedia('(prefers-reduced-motion: reduce)');
  #seen = false;
  #endWatch = () => {};
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting;

  constructor() {
    super();
    /** How far the film has been shown. */
    this.shown = 0;
    /** The step that was chosen to be looked at. @type {number | undefined} */
    this.chosen = undefined;
    /** A film that was made elsewhere, until there is one of this machine. @type {import('../recording.js').Frames[]} */
    this.recorded = [];
  }

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('opening');
    for (const store of [model, run, opening.rows, shipped]) this.watch(store);
    this.listen('opened', () => opening.forget());
    this.#endWatch = watchSeen(this, (seen) => {
      this.#seen = seen;
      if (seen) shipped.openUnasked(settings.get('model'));
      this.requestUpdate();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#endWatch();
    clearInterval(this.#timer);
    clearTimeout(this.#waiting);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  render() {
    const position = this.#position();
    const where =
      position === 0
        ? strings.opening.noise
        : position === STEPS
          ? strings.opening.done
          : strings.opening.step(position, STEPS);
    const frames = this.#frames[position];
    return html`
      <figure>
        ${this.#isRecording ? html`<p class="recording">${strings.opening.recording}</p>` : nothing}
        <ol class="pictures" aria-label=${strings.opening.forming}>
          ${(this.#isRecording ? DIGITS : opening.labels).map(
            (digit, index) => html`<li>
              <diffusion-picture
                class="mix"
                .frames=${frames}
                .index=${index}
                label=${frames ? strings.format.labelled(capital(nameOf(digit)), where) : strings.opening.noneYet(nameOf(digit))}
              ></diffusion-picture>
              <span aria-hidden="true">${className(model.classes[digit] ?? `${digit}`)}</span>
            </li>`,
          )}
        </ol>
        <div class="toolbar" role="group" aria-label=${strings.opening.group}>
          <button type="button" class="primary" ?disabled=${!opening.canDraw} @click=${this.#another}>${strings.opening.others}</button>
          ${this.#trainer && html`<button type="button" @click=${this.#train}>${strings.opening.train}</button>`}
          <div class="status">
            <p role="status">${statusWords()}${this.#isRecording ? ` ${strings.opening.recorded}` : ''}</p>
            ${download()}
          </div>
          ${progressLine(opening.rows.phase === 'running', strings.opening.group, opening.rows.share)}
        </div>
        ${this.#problem()}
        <diffusion-notice place="draw"></diffusion-notice>
        <div class="controls">
          <div class="scrubber">
            <div class="head">
              <label for="step">${strings.opening.slider}</label><output for="step" aria-live="off">${where}</output>
            </div>
            <input
              id="step"
              type="range"
              data-plays
              min="0"
              max=${STEPS}
              .value=${`${position}`}
              ?disabled=${!this.#frames.length}
              aria-valuetext=${where}
              @input=${this.#choose}
            />
            <p class="help">${strings.opening.back}</p>
          </div>
          <diffusion-control name="openingDigit"></diffusion-control>
          <diffusion-control name="openingSeed"></diffusion-control>
        </div>
      </figure>
    `;
  }

  updated() {
    if (this.#seen) opening.draw();
    if (opening.frames.length > STEPS) performance.mark('first digits');
    this.#bridge();
    this.#play();
  }

  /** What is there to be seen. */
  get #frames() {
    return opening.frames.length ? opening.frames : this.recorded;
  }

  get #isRecording() {
    return !opening.frames.length && this.recorded.length > 0;
  }

  /** Has the recording fetched where a network was asked for that takes long, or does not arrive. */
  #bridge() {
    if (!this.#seen || this.#waiting !== undefined || !shipped.wanted || opening.frames.length) return;
    const fetchIt = async () => {
      if (!opening.frames.length) this.recorded = await recordedFilm();
    };
    this.#waiting = setTimeout(fetchIt, shipped.problem === undefined ? PATIENCE : 0);
  }

  #problem() {
    const { problem, wanted } = shipped;
    if (problem === undefined || !wanted) return nothing;
    return html`<div class="box" role="alert">
      <p>
        ${strings.opening.problem(sentence(problem))}
      </p>
      <button type="button" @click=${() => shipped.open(wanted.name)}>${strings.opening.again}</button>
    </div>`;
  }

  /** The picture on show, of those that are there. */
  #position() {
    const newest = Math.max(0, this.#frames.length - 1);
    return Math.min(this.chosen ?? this.shown, newest);
  }

  /** Lets the film go on to the newest picture, a step at a time. */
  #play() {
    const newest = this.#frames.length - 1;
    if (newest < this.shown) this.shown = Math.max(0, newest);
    if (this.#still.matches) {
      if (newest === STEPS) this.shown = newest;
    } else if (newest > this.shown) {
      this.#timer ??= setInterval(() => {
        if (this.shown < this.#frames.length - 1) this.shown++;
        else {
          clearInterval(this.#timer);
          this.#timer = undefined;
        }
      }, PACE);
    }
  }

  #another() {
    this.chosen = undefined;
    settings.set('openingSeed', Math.floor(Math.random() * 100000));
  }

  /** @param {InputEvent} event */
  #choose(event) {
    this.chosen = /** @type {HTMLInputElement} */ (event.target).valueAsNumber;
  }

  /** The section that trains, if there is one beside this. */
  get #trainer() {
    return /** @type {Document | ShadowRoot} */ (this.getRootNode()).querySelector('diffusion-train');
  }

  #train() {
    const section = this.#trainer;
    section?.scrollIntoView({ behavior: this.#still.matches ? 'auto' : 'smooth', block: 'start' });
    const button = /** @type {HTMLElement | null | undefined} */ (
      section?.shadowRoot?.querySelector('.primary')
    );
    button?.focus({ preventScroll: true });
    if (run.phase === 'none' || run.phase === 'paused') run.start();
  }
}

/** What is recorded. */
const DIGITS = Array.from({ length: COUNT }, (_, digit) => digit);

/** What is asked for. @param {number} label */
const nameOf = (label) => classWords(model.classes, label);

/** How much of the first network has come. */
function download() {
  if (!model.opening || model.exists) return nothing;
  const { received = 0, total = undefined } = model.opening === 'beginning' ? {} : model.opening;
  return html`<progress
    aria-label=${
      total
        ? strings.opening.receivedOf(megabytes(received), megabytes(total))
        : strings.opening.received(megabytes(received))
    }
    max=${total ?? nothing}
    value=${total ? received : nothing}
  ></progress>`;
}

function statusWords() {
  const { phase, by, modelCalls } = opening.rows;
  if (model.opening && !model.exists) return strings.opening.fetching;
  if (!model.exists) return strings.opening.nothing;
  if (!model.knowsDigits) return strings.opening.noDigits;
  if (phase === 'running') return strings.opening.drawing;
  if (phase !== 'done') return model.ready(strings.opening.untrained);
  const seconds = opening.rows.last(0)?.seconds ?? 0;
  return strings.opening.drawn(duration(seconds), modelCalls, by);
}

customElements.define('diffusion-opening', DiffusionOpening);
