// Words of the prose that apply settings when they are pressed: <diffusion-phrase sets="compareSteps=5">5</diffusion-phrase>.

import { css, html } from 'lit';
import { wordsOf } from '../language.js';
import { names, parse } from '../properties.js';
import { PlaygroundElement } from './element.js';

/** @typedef {import('../properties.js').Name} Name */

export class DiffusionPhrase extends PlaygroundElement {
  static properties = { sets: { type: String } };

  // A button's box would break the line on both sides: these are words of the line. The padding reaches for the finger.
  static styles = [
    css`
    span {
      padding: 0.75em 0;
      text-decoration: underline dotted 2px;
      text-underline-offset: 0.2em;
      cursor: pointer;
    }
    span:hover,
    span[aria-pressed="true"] {
      text-decoration-style: solid;
    }
    span:focus-visible {
      outline: 3px solid var(--focus);
      outline-offset: -0.45em;
    }
  `,
  ];

  constructor() {
    super();
    /** Names and values as in the address. */
    this.sets = '';
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.settings);
  }

  render() {
    const values = this.#values;
    const isInForce = values.every(([name, value]) => this.settings.get(name) === value);
    return html`<span
      role="button"
      tabindex="0"
      aria-pressed=${isInForce ? 'true' : 'false'}
      title=${values.map(inWords).join(', ')}
      @click=${this.#apply}
      @keydown=${this.#press}
    ><slot></slot></span>`;
  }

  #apply() {
    for (const [name, value] of this.#values) this.settings.set(name, value);
  }

  /** As at any button. @param {KeyboardEvent} event */
  #press(event) {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    if (!event.repeat) this.#apply();
  }

  get #values() {
    return [...new URLSearchParams(this.sets)].flatMap(([name, text]) => {
      const parsed = isName(name) ? parse(name, text) : undefined;
      return parsed && 'value' in parsed
        ? [/** @type {[Name, string | number]} */ ([name, parsed.value])]
        : [];
    });
  }
}

/** @param {string} name @returns {name is Name} */
const isName = (name) => names.some((known) => known === name);

/** @param {[Name, string | number]} setting */
function inWords([name, value]) {
  const { label, choices } = wordsOf(name);
  return `${label}: ${choices?.[value] ?? value}`;
}

customElements.define('diffusion-phrase', DiffusionPhrase);
