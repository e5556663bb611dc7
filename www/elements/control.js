// One setting: a native form control with its label, its explanation, its live value, and a sentence when a value won't do.

import { html, noChange, nothing, unsafeCSS } from 'lit';
import { className, dataSets, isDigit } from '../data-sets.js';
import { strings, wordsOf } from '../language.js';
import { model } from '../model.js';
import { isPlaying, togglePlay } from '../play.js';
import { parse, propertyOf } from '../properties.js';
import { run } from '../run.js';
import style from './control.css' with { type: 'text' };
import { PlaygroundElement } from './element.js';

/** @typedef {import('../properties.js').Name} Name */

export class DiffusionControl extends PlaygroundElement {
  static properties = {
    name: { type: String },
    disabled: { type: Boolean },
    note: { type: String },
    complaint: { state: true },
  };

  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  constructor() {
    super();
    /** @type {Name} */
    this.name = 't';
    this.disabled = false;
    /** Stands in for the property's explanation. */
    this.note = '';
    /** @type {string | undefined} */
    this.complaint = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.settings);
    const { classesOf } = propertyOf(this.name);
    if (!classesOf) return;
    this.watch(run);
    this.watch(model);
    this.watch(dataSets);
  }

  render() {
    const { control, plays, seed } = propertyOf(this.name);
    const { help } = wordsOf(this.name);
    const label = this.#label();
    if (control === 'checkbox') {
      return html`
        <label class="check">${this.#checkbox()} ${label}</label>
        <p id="help" class="help">${this.note || help}</p>
      `;
    }
    return html`
      <div class="head">
        <label for="input">${label}</label>
        ${control === 'range' ? html`<output for="input" aria-live="off">${this.settings.get(this.name)}</output>` : nothing}
      </div>
      <div class="field">
        ${this.#input()}
        ${plays ? this.#player() : nothing}
        ${seed ? html`<button type="button" ?disabled=${this.disabled} @click=${this.#draw}>${strings.control.new}</button>` : nothing}
      </div>
      <p id="help" class="help">${this.note || help}</p>
      <p id="complaint" class="complaint" role="alert">${this.complaint}</p>
    `;
  }

  #player() {
    const playing = isPlaying(this.#slider());
    return html`<button
      type="button"
      class="play"
      aria-label=${playing ? strings.control.pause : strings.control.play(this.#label())}
      ?disabled=${this.disabled}
      @click=${() => togglePlay(/** @type {HTMLInputElement} */ (this.#slider()))}
    >
      <span aria-hidden="true">${playing ? '❚❚' : '▶'}</span>
    </button>`;
  }

  #slider() {
    return /** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector('#input'));
  }

  #checkbox() {
    return html`<input
      id="input"
      type="checkbox"
      .checked=${this.settings.get(this.name) === 'yes'}
      aria-describedby="help"
      ?disabled=${this.disabled}
      @change=${(/** @type {InputEvent} */ event) => {
        const { checked } = /** @type {HTMLInputElement} */ (event.target);
        this.settings.set(this.name, checked ? 'yes' : 'no');
      }}
    />`;
  }

  #input() {
    const { control, min, max, plays, step } = propertyOf(this.name);
    const value = this.settings.get(this.name);
    if (control === 'select') {
      return html`<select id="input" aria-describedby="help" ?disabled=${this.disabled} @change=${this.#take}>
        ${this.#choices().map(
          ([choice, words]) => html`<option value=${choice} ?selected=${choice === value}>${words}</option>`,
        )}
      </select>`;
    }
    // An invalid text stays where it is, beside the sentence that says what it must be.
    return html`<input
      id="input"
      type=${control}
      min=${min ?? nothing}
      max=${max ?? nothing}
      step=${step ?? 'any'}
      .value=${this.complaint ? noChange : `${value}`}
      inputmode="decimal"
      aria-describedby="help complaint"
      aria-invalid=${this.complaint ? 'true' : 'false'}
      ?disabled=${this.disabled}
      ?data-plays=${plays}
      @input=${this.#take}
      @play=${() => this.requestUpdate()}
      @pause=${() => this.requestUpdate()}
    />`;
  }

  #label() {
    const { classesOf } = propertyOf(this.name);
    const { label, classLabel } = wordsOf(this.name);
    const { classes } = classesOf === 'run' ? run : model;
    return classesOf && classLabel && !isDigit(classes[0]) ? classLabel : label;
  }

  /** Values, and the words for them. @returns {[string, string][]} */
  #choices() {
    const { choices = [], classesOf } = propertyOf(this.name);
    const { choices: words = {} } = wordsOf(this.name);
    const { classes } = !classesOf ? { classes: [] } : classesOf === 'run' ? run : model;
    const all = choices.map(
      (choice) =>
        /** @type {[string, string]} */ ([choice, named(classes[Number(choice)]) ?? words[choice] ?? choice]),
    );
    if (!classesOf) return all;
    return all.filter(([choice]) => Number.isNaN(Number(choice)) || classes[Number(choice)] !== undefined);
  }

  updated() {
    const { classesOf } = propertyOf(this.name);
    const choices = this.#choices();
    // A class that the data set has not cannot stay chosen.
    if (classesOf && !choices.some(([choice]) => choice === this.settings.get(this.name)))
      this.settings.set(this.name, choices[0][0]);
  }

  #field() {
    return /** @type {HTMLInputElement | HTMLSelectElement | null} */ (
      this.renderRoot.querySelector('#input')
    );
  }

  #take() {
    const parsed = parse(this.name, this.#field()?.value ?? '', strings.complaints);
    if ('value' in parsed) {
      this.complaint = undefined;
      this.settings.set(this.name, parsed.value);
    } else {
      this.complaint = strings.control.untilThen(parsed.complaint, this.settings.get(this.name));
    }
  }

  #draw() {
    this.complaint = undefined;
    this.settings.set(this.name, Math.floor(Math.random() * 100000));
  }
}

/** @param {string | undefined} name of a class */
const named = (name) => name && className(name);

customElements.define('diffusion-control', DiffusionControl);
