// The forward process: a real digit, a timestep, and what is left of the digit.

import { html, unsafeCSS } from 'lit';
import { client } from '../client.js';
import { forwardSchedule } from '../configs.js';
import { curves } from '../curves.js';
import { capital, classWords, dataSets } from '../data-sets.js';
import { fixed } from '../format.js';
import { strings } from '../language.js';
import './control.js';
import './digit-picker.js';
import style from './forward.css' with { type: 'text' };
import { forwardFormula } from './forward-formula.js';
import './histogram.js';
import './notice.js';
import './own-drawing.js';
import './own-picture.js';
import './picture.js';
import './schedule-chart.js';
import { dataSetNote } from './data-set-note.js';
import { Section } from './section.js';
import { terminalSignal } from './terminal-signal.js';

/** @typedef {import('../messages.js').MessageOf<'forward'>} Forward */
/** @typedef {Extract<import('../messages.js').Request, { type: 'forward' }>} ForwardRequest */

export class DiffusionForward extends Section {
  static properties = { view: { state: true } };
  static styles = [...Section.styles, unsafeCSS(style)];

  /** What the last request asked for. @type {Omit<ForwardRequest, 'type'> | undefined} */
  #asked;
  /** A request is on its way; the next waits for its answer, so that dragging never piles them up. */
  #waiting = false;

  constructor() {
    super();
    /** @type {Forward | undefined} */
    this.view = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('forward');
    this.adoptAttributes('data');
    this.watch(curves);
    this.watch(dataSets);
    this.listen('error', ({ at }) => {
      if (at === 'forward') this.#waiting = false;
    });
    this.listen('data', ({ split }) => {
      if (split !== 'test') return;
      this.#asked = undefined;
      this.#ask();
    });
    this.listen('restarting', () => {
      this.#asked = undefined;
      this.#waiting = false;
    });
  }

  render() {
    const { view } = this;
    const t = this.settings.get('t');
    const share = `--data-share: ${(view?.alphaBar ?? 1) * 100}%`;
    return html`
      <div style=${share}>
      <figure>
        <diffusion-digit-picker></diffusion-digit-picker>
        <div class="pictures">
          <diffusion-control name="dataSet" note=${dataSetNote(strings.dataSets.inSectionTwo)}></diffusion-control>
          <diffusion-own-picture></diffusion-own-picture>
          <diffusion-own-drawing></diffusion-own-drawing>
        </div>
        <div class="sum">
          <div class="term result">
            <diffusion-picture
              class="mix"
              .frames=${view?.xT}
              label=${view ? strings.forward.noisyWhat(what(view), view.t) : strings.forward.noisy}
            ></diffusion-picture>
            <p class="name"><b class="mix">x<sub>t</sub></b> ${strings.forward.willSee}</p>
          </div>
          <span class="sign">=</span>
          ${this.#term('data', view?.signal, view?.x0, html`x<sub>0</sub>`, strings.forward.picture, strings.forward.clean)}
          <span class="sign">+</span>
          ${this.#term('noise', view?.noise, view?.eps, html`ε`, strings.forward.noise, strings.forward.added)}
        </div>
        <div class="axis">
          <diffusion-control name="t"></diffusion-control>
          <diffusion-schedule-chart
            .curves=${curves.of(forwardSchedule(this.settings))}
            t=${t}
            @choose=${(/** @type {CustomEvent<number>} */ event) => this.settings.set('t', event.detail)}
          ></diffusion-schedule-chart>
          <diffusion-histogram .histogram=${view?.histogram} t=${view?.t ?? t}></diffusion-histogram>
        </div>
        <div class="controls">
          <diffusion-control name="schedule"></diffusion-control>
          <diffusion-control name="zeroTerminalSnr"></diffusion-control>
          <diffusion-control name="noiseSeed"></diffusion-control>
          <diffusion-control name="stepwise"></diffusion-control>
        </div>
        <p class="help walked" role="status">${this.settings.get('stepwise') === 'yes' && t > 0 ? strings.forward.walked(t) : ''}</p>
        ${terminalSignal(curves.of(forwardSchedule(this.settings)))}
        <diffusion-notice place="forward" split="test"></diffusion-notice>
      </figure>
      ${forwardFormula(view)}
      </div>
    `;
  }

  /**
   * One weighted picture of the sum.
   * @param {'data' | 'noise'} ink
   * @param {number | undefined} weight
   * @param {Forward['x0'] | undefined} frames
   * @param {unknown} symbol
   * @param {string} words
   * @param {string} label
   */
  #term(ink, weight, frames, symbol, words, label) {
    return html`<div class="term">
      <span class="weight ${ink}">${weight === undefined ? '…' : fixed(weight, 3)}<span class="times">×</span></span>
      <div>
        <diffusion-picture class=${ink} .frames=${frames} label=${label}></diffusion-picture>
        <p class="name"><b class=${ink}>${symbol}</b> ${words}</p>
      </div>
    </div>`;
  }

  updated() {
    this.#ask();
  }

  #ask() {
    const request = {
      image: this.settings.get('image'),
      own: this.settings.picture,
      t: this.settings.get('t'),
      schedule: forwardSchedule(this.settings),
      noiseSeed: this.settings.get('noiseSeed'),
      stepwise: this.settings.get('stepwise') === 'yes',
    };
    const same = JSON.stringify(request) === JSON.stringify(this.#asked);
    if (this.#waiting || same || !client.has('test')) return;
    this.#asked = request;
    this.#waiting = true;
    client.send({ type: 'forward', ...request }, (view) => this.#take(view));
  }

  /** @param {Forward} view */
  #take(view) {
    this.#waiting = false;
    this.view = view;
    this.dispatchEvent(new CustomEvent('shown', { detail: view }));
  }
}

/** What the picture shows, for those who don't see it. @param {Forward} view */
const what = ({ label }) =>
  label === undefined
    ? strings.forward.yours
    : capital(classWords(dataSets.describe(dataSets.shown).classes, label));

customElements.define('diffusion-forward', DiffusionForward);
