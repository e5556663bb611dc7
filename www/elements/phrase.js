// Words of the prose that apply settings when they are pressed: <diffusion-phrase sets="compareSteps=5">5</diffusion-phrase>.

import { css, html } from 'lit';
import { wordsOf } from '../language.js';
import { names, parse } from '../properties.js';
import { PlaygroundElement } from './element.js';

/** @typedef {import('../properties.js').Name} Name */

export class DiffusionPhrase extends PlaygroundElement {
  static properties = { sets: { type: String } };

  // A line of text is no place for a button's box. The padding reaches for the finger, the margin takes it back.
  static styles = [
    css`
    button {
      margin: -0.6em 0;
      padding: 0.6em 0;
      border: 0;
      background: none;
      color: inherit;
      font: inherit;
      text-decoration: underline dotted 2px;
      text-underline-offset: 0.2em;
      cursor: pointer;
    }
    button:hover,
    button[aria-pressed="true"] {
      text-decoration-style: solid;
    }
    button:focus-visible {
      outline: 3px solid var(--focus);
      outline-offset: -0.3em;
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
    return html`<button
      type="button"
      aria-pressed=${isInForce ? 'true' : 'false'}
      title=${values.map(inWords).join(', ')}
      @click=${() => {
        for (const [name, value] of values) this.settings.set(name, value);
      }}
    ><slot></slot></button>`;
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
