// Sampling: from noise to pictures, step by step, and back through the steps.

import { html, unsafeCSS } from 'lit';
import { curves } from '../curves.js';
import { duration, whole } from '../format.js';
import { strings } from '../language.js';
import { model } from '../model.js';
import { run } from '../run.js';
import { settings } from '../settings.js';
import { trajectory } from '../trajectory.js';
import './control.js';
import './film-strip.js';
import './notice.js';
import './picture.js';
import { progressLine } from './progress.js';
import style from './sample.css' with { type: 'text' };
import { sampleFormula } from './sample-formula.js';
import { Section } from './section.js';

/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */

export class DiffusionSample extends Section {
  static properties = { position: { state: true }, chosen: { state: true } };
  static styles = [...Section.styles, unsafeCSS(style)];

  /** Whoever asked for less motion sees the end at once, and goes through the steps by hand. */
  #still = matchMedia('(prefers-reduced-motion: reduce)');

  constructor() {
    super();
    /** The step that is looked at; nothing: the newest. @type {number | undefined} */
    this.position = undefined;
    /** Which of the pictures drawn side by side is shown large. */
    this.chosen = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('sample');
    this.watch(run);
    this.watch(model);
    this.watch(trajectory);
    this.watch(curves);
  }

  render() {
    const running = trajectory.phase === 'running';
    const hasModel = model.exists;
    return html`
      <figure>
        <div class="controls">
          ${['class', 'guidanceScale'].map(
            (name) => html`<diffusion-control
              name=${name}
              ?disabled=${!model.knowsClasses}
              note=${model.knowsClasses ? '' : strings.model.noClasses}
            ></diffusion-control>`,
          )}
          <diffusion-control name="sampleSeed"></diffusion-control>
        </div>
        <div class="toolbar" role="group" aria-label=${strings.sample.group}>
          <button
            type="button"
            class="primary"
            ?disabled=${!hasModel}
            @click=${() => (running ? trajectory.cancel() : this.#sample())}
          >
            ${running ? strings.sample.stop : strings.sample.sample}
          </button>
          <button type="button" ?disabled=${!hasModel || running} @click=${this.#single}>${strings.sample.single}</button>
          <button type="button" ?disabled=${!trajectory.canGoOn(this.#shown())} @click=${() => this.#goOn(false)}>
            ${strings.sample.goOn}
          </button>
          <p class="status" role="status">${statusWords(hasModel)}</p>
          ${progressLine(running, strings.sample.group, trajectory.share)}
        </div>
        <diffusion-notice place="sample"></diffusion-notice>
        <div class="views">${this.#stage()} ${this.#gallery()}</div>
        ${this.#scrubber()}
        <fieldset>
          <legend>${strings.sample.settings}</legend>
          <div class="controls">
            <diffusion-control name="sampler"></diffusion-control>
            <diffusion-control
              name="eta"
              ?disabled=${settings.get('sampler') !== 'ddim'}
              note=${settings.get('sampler') === 'ddim' ? '' : strings.sample.etaIsForDdim}
            ></diffusion-control>
            <diffusion-control name="steps"></diffusion-control>
            <diffusion-control name="count"></diffusion-control>
          </div>
        </fieldset>
      </figure>
      ${sampleFormula(this.#step(), trajectory.steps.length ? trajectory : model)}
    `;
  }

  #stage() {
    const step = this.#step();
    // Noise in latents decodes to nothing, and is shown as their channels.
    const isLatent = step !== undefined && step.epsHat.width !== step.xT.width;
    const { frames: final } = (this.#shown() === trajectory.steps.length && trajectory.done) || {};
    /** @param {string} ink @param {Frames | undefined} frames @param {unknown} symbol @param {string} words */
    const view = (ink, frames, symbol, words) => html`<div class="view">
      <diffusion-picture class=${ink} .frames=${frames} .index=${this.chosen} label=${strings.sample.picture(this.chosen + 1, words)}>
      </diffusion-picture>
      <p class="name"><b class=${ink}>${symbol}</b> ${words}</p>
    </div>`;
    return html`<div class="stage">
      ${view('mix', final ?? step?.xT, html`x<sub>t</sub>`, isLatent ? strings.sample.latentsSoFar : strings.sample.soFar)}
      ${view('model', step?.epsHat, html`ε̂`, isLatent ? strings.sample.latentNoise : strings.sample.noise)}
      ${view('model', step?.x0Hat, html`x̂<sub>0</sub>`, strings.sample.digit)}
    </div>`;
  }

  #scrubber() {
    const { steps, length, total } = trajectory;
    const shown = this.#shown();
    const step = steps[shown];
    const where = step
      ? strings.sample.stepAt(step.step, step.steps, trajectory.timestep(step))
      : trajectory.done?.cancelled
        ? strings.sample.rests(steps.at(-1)?.step ?? 0, steps.at(-1)?.steps ?? total)
        : length
          ? strings.sample.end
          : '';
    return html`<div class="scrubber">
      <div class="head"><label for="scrubber">${strings.sample.scrub}</label><output for="scrubber" aria-live="off">${where}</output></div>
      <input
        id="scrubber"
        type="range"
        data-plays
        min="0"
        max=${total}
        .value=${`${shown}`}
        ?disabled=${!length}
        aria-valuetext=${where}
        @input=${this.#scrub}
      />
      <diffusion-film-strip
        .chosen=${this.chosen}
        .position=${shown}
        .total=${total}
        @choose=${(/** @type {CustomEvent<number>} */ event) => this.#goTo(event.detail)}
      ></diffusion-film-strip>
      <p class="help">${strings.sample.change}</p>
    </div>`;
  }

  #gallery() {
    const shown = this.#shown();
    const frames = trajectory.steps[shown]?.xT ?? trajectory.done?.frames;
    const count = trajectory.length ? (trajectory.config.count ?? 0) : settings.get('count');
    return html`<div class="gallery" role="group" aria-label=${strings.sample.side}>
      ${Array.from(
        { length: count },
        (_, index) => html`<button
          type="button"
          aria-label=${strings.sample.look(index + 1)}
          aria-pressed=${index === this.chosen ? 'true' : 'false'}
          @click=${() => (this.chosen = index)}
        >
          <diffusion-picture aria-hidden="true" .frames=${frames} .index=${index}></diffusion-picture>
        </button>`,
      )}
    </div>`;
  }

  /** The step on show. */
  #shown() {
    const newest = Math.max(0, trajectory.length - 1);
    const follow = this.#still.matches && trajectory.phase === 'running' ? 0 : newest;
    return Math.min(this.position ?? follow, newest);
  }

  /** The model call on show; at the end, where there is none, the last. */
  #step() {
    return trajectory.steps[this.#shown()] ?? trajectory.steps.at(-1);
  }

  /** @param {boolean} [once] */
  #sample(once = false) {
    this.position = undefined;
    this.chosen = Math.min(this.chosen, settings.get('count') - 1);
    trajectory.sample(once);
  }

  /** From the picture on show. @param {boolean} once */
  #goOn(once) {
    const shown = this.#shown();
    this.position = undefined;
    trajectory.goOn(shown, once);
  }

  #single() {
    if (trajectory.canGoOn(this.#shown())) this.#goOn(true);
    else this.#sample(true);
  }

  /** @param {InputEvent} event */
  #scrub(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    this.#goTo(input.valueAsNumber);
    // While it is being drawn, the way ends before the slider does.
    input.value = `${this.#shown()}`;
  }

  /** @param {number} position */
  #goTo(position) {
    const newest = trajectory.length - 1;
    this.position = position >= newest ? undefined : position;
  }
}

/** @param {boolean} hasModel */
function statusWords(hasModel) {
  const { phase, steps, done, config, by } = trajectory;
  if (phase === 'running') return strings.sample.running(steps.at(-1)?.step ?? 0, config.steps ?? '');
  if (phase === 'done' && done) {
    const how = done.cancelled ? strings.model.stopped : strings.model.done;
    return strings.model.callsBy(how, whole(done.modelCalls), duration(done.seconds), by);
  }
  if (!hasModel) return strings.sample.noNetwork;
  return model.ready(strings.model.untrained);
}

customElements.define('diffusion-sample', DiffusionSample);
