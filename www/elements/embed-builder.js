// Builds what a blog's author copies: a view, its settings, what of it is shown; live beside it, and in the words of each
// kind of blog.

import { html, nothing, unsafeCSS } from 'lit';
import { capital } from '../data-sets.js';
import { attributeOf, CHOICES, nameOf, partsOf, settingsOf } from '../embed-attributes.js';
import { hostNames, hosts } from '../embed-snippets.js';
import { viewNames } from '../embed-views.js';
import { language, strings, wordsOf } from '../language.js';
import { parse, propertyOf } from '../properties.js';
import { PlaygroundElement } from './element.js';
import style from './embed-builder.css' with { type: 'text' };

/** @typedef {import('../embed-views.js').ViewName} ViewName */
/** @typedef {import('../properties.js').Name} Name */

const BASE = new URL('.', import.meta.url).href;

export class DiffusionEmbedBuilder extends PlaygroundElement {
  static properties = {
    view: { state: true },
    values: { state: true },
    without: { state: true },
    host: { state: true },
    integrity: { state: true },
    copied: { state: true },
  };

  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  constructor() {
    super();
    /** @type {ViewName} */
    this.view = 'forward';
    /** What is asked for, by attribute, as it was typed. @type {Map<string, string>} */
    this.values = new Map(language === CHOICES.lang[0] ? [] : [['lang', language]]);
    /** Parts that are not shown. @type {Set<string>} */
    this.without = new Set();
    /** @type {import('../embed-snippets.js').HostName} */
    this.host = 'script';
    /** @type {string | undefined} */
    this.integrity = undefined;
    this.copied = '';
  }

  connectedCallback() {
    super.connectedCallback();
    addEventListener('message', this.#fit);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('message', this.#fit);
  }

  render() {
    const { write } = hosts[this.host];
    const { name, where } = strings.builder.hosts[this.host];
    const text = write({ base: BASE, integrity: this.integrity, attributes: this.#attributes() });
    return html`<figure>
      <div class="controls">
        ${this.#select(strings.builder.view, this.view, Object.fromEntries(viewNames.map((view) => [view, strings.posters[view].title])), (view) => this.#show(view))}
        ${this.#choice('start', strings.builder.start, strings.builder.starts)}
        ${this.#choice('theme', strings.builder.theme, strings.builder.themes)}
        ${this.#choice('lang', strings.builder.language, strings.builder.languages)}
      </div>
      <fieldset>
        <legend>${strings.builder.settings}</legend>
        <div class="controls">${settingsOf([this.view]).map((name) => this.#setting(name))}</div>
      </fieldset>
      <fieldset>
        <legend>${strings.builder.shows}</legend>
        <div class="hide">${Object.keys(partsOf([this.view])).map((part) => this.#part(part))}</div>
      </fieldset>
      <iframe title=${strings.builder.frame} src=${`${BASE}embed.html?view=forward`} loading="lazy" @load=${this.#pass}></iframe>
      <fieldset>
        <legend>${strings.builder.copyWhat}</legend>
        <div class="controls">
          ${this.#select(
            strings.builder.where,
            this.host,
            Object.fromEntries(hostNames.map((host) => [host, strings.builder.hosts[host].name])),
            (host) => {
              this.host = hostNames.find((name) => name === host) ?? 'script';
            },
          )}
        </div>
        <p class="help">${where}</p>
        <label class="check">
          <input type="checkbox" .checked=${this.integrity !== undefined} @change=${this.#prove} />
          ${strings.builder.hash}
        </label>
        <p class="help">
          ${strings.builder.hashHelp}
        </p>
        <pre tabindex="0" aria-label=${strings.builder.write(name)}><code>${text}</code></pre>
        <div class="toolbar">
          <button type="button" class="primary" @click=${() => this.#copy(text)}>${strings.builder.copy}</button>
          <p class="status" role="status">${this.copied}</p>
        </div>
      </fieldset>
    </figure>`;
  }

  updated() {
    this.#pass();
  }

  /** @param {string} label @param {string} value @param {Record<string, string>} choices @param {(choice: string) => void} take */
  #select(label, value, choices, take) {
    const id = label.replaceAll(' ', '-');
    return html`<div class="own">
      <label for=${id}>${label}</label>
      <select id=${id} @change=${(/** @type {Event} */ event) => take(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${Object.entries(choices).map(
          ([choice, words]) => html`<option value=${choice} ?selected=${choice === value}>${words}</option>`,
        )}
      </select>
    </div>`;
  }

  /** @param {keyof typeof CHOICES} name @param {string} label @param {Record<string, string>} words */
  #choice(name, label, words) {
    return this.#select(label, this.values.get(name) ?? CHOICES[name][0], words, (choice) =>
      this.#set(name, choice),
    );
  }

  /** @param {Name} name */
  #setting(name) {
    const { default: standard, choices } = propertyOf(name);
    const { label, choices: own } = wordsOf(name);
    /** @type {Record<string, string>} */
    const words = own ?? strings.builder.noOrYes;
    const attribute = attributeOf(name);
    const value = this.values.get(attribute) ?? `${standard}`;
    if (choices) {
      const named = Object.fromEntries(choices.map((choice) => [choice, words[choice] ?? choice]));
      return this.#select(label, value, named, (choice) => this.#set(attribute, choice));
    }
    const parsed = parse(name, value, strings.complaints);
    const complaint = 'complaint' in parsed ? strings.control.complaint(parsed.complaint) : nothing;
    return html`<div class="own">
      <label for=${attribute}>${label}</label>
      <input
        id=${attribute}
        type="number"
        step="any"
        .value=${value}
        aria-invalid=${complaint === nothing ? 'false' : 'true'}
        aria-describedby="${attribute}-complaint"
        @input=${(/** @type {InputEvent} */ event) => this.#set(attribute, /** @type {HTMLInputElement} */ (event.target).value)}
      />
      <p id="${attribute}-complaint" class="help complaint" role="alert">${complaint}</p>
    </div>`;
  }

  /** @param {string} part */
  #part(part) {
    const name = nameOf.get(part);
    /** @type {Record<string, string>} */
    const parts = strings.builder.parts;
    const words = name ? wordsOf(name).label : (parts[part] ?? part);
    return html`<label class="check">
      <input
        type="checkbox"
        .checked=${!this.without.has(part)}
        @change=${() => {
          if (!this.without.delete(part)) this.without.add(part);
          this.requestUpdate();
        }}
      />
      ${capital(words)}
    </label>`;
  }

  /** @param {string} attribute @param {string} value */
  #set(attribute, value) {
    this.copied = '';
    this.values = new Map(this.values).set(attribute, value);
  }

  /** @param {string} view */
  #show(view) {
    this.view = viewNames.find((name) => name === view) ?? 'forward';
    this.values = new Map([...this.values].filter(([name]) => name in CHOICES));
    this.without.clear();
  }

  /** What differs from how it would be by itself, and can be. @returns {[string, string][]} */
  #attributes() {
    /** @type {[string, string][]} */
    const attributes = [['view', this.view]];
    for (const name of settingsOf([this.view])) {
      const value = this.values.get(attributeOf(name));
      if (value === undefined || value === `${propertyOf(name).default}`) continue;
      if ('value' in parse(name, value)) attributes.push([attributeOf(name), value]);
    }
    if (this.without.size) attributes.push(['hide', [...this.without].join(' ')]);
    for (const name of /** @type {const} */ (['start', 'theme', 'lang'])) {
      const value = this.values.get(name);
      if (value && value !== CHOICES[name][0]) attributes.push([name, value]);
    }
    return attributes;
  }

  /** Shows in the frame what the snippet says. */
  #pass() {
    const frame = /** @type {HTMLIFrameElement | null} */ (this.renderRoot.querySelector('iframe'));
    const shown = frame?.contentDocument?.querySelector('diffusion-playground');
    if (!frame || !shown) return;
    const attributes = new Map(this.#attributes());
    attributes.delete('start');
    for (const name of shown.getAttributeNames()) if (!attributes.has(name)) shown.removeAttribute(name);
    for (const [name, value] of attributes) {
      if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
    }
  }

  /** As high as it says it is. @param {MessageEvent} event */
  #fit = ({ data, origin, source }) => {
    const frame = this.renderRoot.querySelector('iframe');
    if (
      frame &&
      source === frame.contentWindow &&
      origin === location.origin &&
      Number.isInteger(data?.height)
    ) {
      frame.style.height = `${data.height}px`;
    }
  };

  /** Adds the script's hash, or takes it away. */
  async #prove() {
    if (this.integrity !== undefined) {
      this.integrity = undefined;
      return;
    }
    try {
      const script = await fetch(`${BASE}playground.js`);
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-384', await script.arrayBuffer()));
      if (script.ok) this.integrity = `sha384-${btoa(String.fromCharCode(...hash))}`;
    } catch (error) {
      console.warn('The script’s hash cannot be computed here:', error);
      this.requestUpdate();
    }
  }

  /** @param {string} text */
  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.copied = strings.builder.copied;
    } catch {
      const [code] = this.renderRoot.querySelectorAll('pre code');
      getSelection()?.selectAllChildren(code);
      this.copied = strings.builder.cannotCopy;
    }
  }
}

customElements.define('diffusion-embed-builder', DiffusionEmbedBuilder);
