// Training step by denoising step: how the same noise was turned into a digit, at every moment of the training.

import { html, unsafeCSS } from 'lit';
import { capital, classWords } from '../data-sets.js';
import { fixed, whole } from '../format.js';
import { distance, history, pictureOf } from '../history.js';
import { strings } from '../language.js';
import { number, sign } from '../math.js';
import { run } from '../run.js';
import { settings } from '../settings.js';
import './control.js';
import './moment-sheet.js';
import './picture.js';
import { Section } from './section.js';
import style from './time-machine.css' with { type: 'text' };

export class DiffusionTimeMachine extends Section {
  static properties = { chosen: { state: true } };
  static styles = [...Section.styles, unsafeCSS(style)];

  constructor() {
    super();
    /** Which of the moments is looked at; nothing: the newest. @type {number | undefined} */
    this.chosen = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('timeMachine');
    this.watch(history);
  }

  render() {
    const { moment, stage, digit, view } = this.#here();
    const ink = view === 'xT' || stage === history.stages - 1 ? 'mix' : 'model';
    const picture = moment && pictureOf(moment, stage, digit, view);
    return html`
      <figure>
        <div class="controls">
          <diffusion-control name="machineDigit"></diffusion-control>
          <diffusion-control name="machineView"></diffusion-control>
        </div>
        <div class="panels">
          <diffusion-moment-sheet
            .stage=${stage}
            .chosen=${this.#index()}
            .digit=${digit}
            .view=${view}
            @choose=${(/** @type {CustomEvent<{ moment: number, stage: number }>} */ event) => this.#goTo(event.detail)}
          ></diffusion-moment-sheet>
          <div class="here">
            <diffusion-picture
              class=${ink}
              .frames=${picture?.frames}
              .index=${picture?.index ?? 0}
              label=${this.#words()}
            ></diffusion-picture>
            <p class="status" role="status">${this.#words()}</p>
            ${this.#training()}
            <diffusion-control name="machineStage"></diffusion-control>
          </div>
        </div>
      </figure>
      ${this.#formula()}
    `;
  }

  #training() {
    const newest = Math.max(0, history.moments.length - 1);
    const step = this.#here().moment?.step;
    const words = step === undefined ? '–' : whole(step);
    return html`<div class="field">
      <div class="head"><label for="training">${strings.timeMachine.step}</label><output for="training" aria-live="off">${words}</output></div>
      <input
        id="training"
        type="range"
        data-plays
        min="0"
        max=${newest}
        .value=${`${this.#index()}`}
        ?disabled=${newest === 0}
        aria-valuetext=${words}
        aria-describedby="training-help"
        @input=${(/** @type {InputEvent} */ event) => {
          const moment = /** @type {HTMLInputElement} */ (event.target).valueAsNumber;
          this.chosen = moment === newest ? undefined : moment;
        }}
      />
      <p id="training-help" class="help">${strings.timeMachine.kept(whole(history.moments.length))}</p>
    </div>`;
  }

  /** How far the picture is from the one that this network ends at. */
  #formula() {
    const { moment, stage, digit, view } = this.#here();
    const end = history.stages - 1;
    const value = moment
      ? fixed(distance(pictureOf(moment, stage, digit, view), pictureOf(moment, end, digit, view)), 3)
      : '…';
    return html`<div class="formula">
      <math display="block">
        <mi>d</mi>${sign('=')}
        <mfrac><mn>1</mn><mn>784</mn></mfrac>
        <munderover><mo>∑</mo><mi>i</mi><mn>784</mn></munderover>
        ${sign('|')}<msub class="model"><mi>p</mi><mi>i</mi></msub>${sign('−')}<msub class="mix"><mi>e</mi><mi>i</mi></msub>${sign('|')}
        ${sign('=')}${number(value, 'model')}
      </math>
      <p class="reading">
        ${strings.timeMachine.reading}
      </p>
    </div>`;
  }

  #here() {
    return {
      moment: history.moments[this.#index()],
      stage: Math.min(settings.get('machineStage'), history.stages - 1),
      digit: Number(settings.get('machineDigit')),
      view: settings.get('machineView'),
    };
  }

  #index() {
    const newest = Math.max(0, history.moments.length - 1);
    return Math.min(this.chosen ?? newest, newest);
  }

  #words() {
    const { moment, stage, digit, view } = this.#here();
    if (!moment) return strings.timeMachine.empty;
    const t = moment.t[stage];
    const what = view === 'xT' ? strings.timeMachine.soFar : strings.timeMachine.guess;
    const where = t === undefined ? strings.timeMachine.end : strings.timeMachine.at(what, Math.round(t) + 1);
    return strings.timeMachine.words(capital(classWords(run.classes, digit)), whole(moment.step), where);
  }

  /** @param {{ moment: number, stage: number }} place */
  #goTo({ moment, stage }) {
    this.chosen = moment === history.moments.length - 1 ? undefined : moment;
    settings.set('machineStage', stage);
  }
}

customElements.define('diffusion-time-machine', DiffusionTimeMachine);
