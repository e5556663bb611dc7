// <diffusion-playground view="forward">: a view in someone else's page. This script only draws a poster; the rest is
// loaded when the reader starts it.

import { attributeOf, attributes, memberOf, read } from './embed-attributes.js';
import { forwardEvents, tell } from './embed-events.js';
import { viewOf } from './embed-views.js';
import { tagOf } from './languages.js';
import palette from './palette.css' with { type: 'text' };
import style from './playground.css' with { type: 'text' };
import { names, propertyOf } from './properties.js';
import embed from './strings/en/embed.js';
import posters from './strings/en/posters.js';

const TAG = 'diffusion-playground';

/** How far below the window an element counts as seen. */
const MARGIN = '200px';

/** All views of a page speak one language: that of the first that is started. @type {Promise<void> | undefined} */
let spoken;

/** @typedef {import('./properties.js').Name} Name */
/** @typedef {import('./languages.js').Language} Language */
/** @typedef {'idle' | 'loading' | 'running' | 'failed'} State */

export class DiffusionPlayground extends HTMLElement {
  static version = VERSION;
  static observedAttributes = attributes;

  #reading = read(this);
  /** What came with the first start. @type {typeof import('./views.js') | undefined} */
  #module;
  /** @type {import('./settings.js').Settings | undefined} */
  #settings;
  /** Of the poster. @type {Language} */
  #language = 'en';
  /** What the poster says; nothing while that is on its way. @type {{ embed: typeof embed, posters: typeof posters } | undefined} */
  #words = { embed, posters };
  #frame = element('div', 'frame');
  #hidden = new CSSStyleSheet();
  #endEvents = () => {};
  #endOffer = () => {};
  #changing = false;
  /** Warnings that have been given. @type {Set<string>} */
  #said = new Set();
  /** The views that are shown. */
  #shown = '';
  #observer = new IntersectionObserver(([entry]) => entry.isIntersecting && this.start(), {
    rootMargin: MARGIN,
  });
  /** @type {State} */
  #state = 'idle';

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [paletteSheet(), sheet(style)];
    root.append(this.#frame);
  }

  get state() {
    return this.#state;
  }

  connectedCallback() {
    for (const name of names) this.#adopt(memberOf(name));
    // The reader's own size of letters, or the host's for this element: rem would be that of the host's root.
    this.#frame.style.setProperty('--rem', getComputedStyle(this).fontSize);
    this.#apply();
    this.#hide();
    if (this.#module) {
      this.#listen();
      const offer = this.#frame.querySelector('.offer');
      offer?.remove();
      if (offer) this.#offerTraining();
    } else if (this.#state === 'idle') this.#wait();
  }

  disconnectedCallback() {
    this.#observer.disconnect();
    this.#endEvents();
    this.#endOffer();
  }

  /** @param {string} _name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(_name, before, now) {
    if (!this.isConnected || before === now || this.#changing) return;
    // Several at once are read once.
    this.#changing = true;
    queueMicrotask(() => {
      this.#changing = false;
      if (this.isConnected) this.#apply();
    });
  }

  /** Loads what the view needs and shows it. */
  async start() {
    if (this.#state === 'loading' || this.#state === 'running') return;
    this.#observer.disconnect();
    this.#enter('loading');
    try {
      const module = await import('./views.js');
      spoken ??= module.speak(this.#reading.lang);
      await spoken;
      this.#module = module;
    } catch (error) {
      this.#enter('failed');
      console.error(`<${TAG}>:`, error);
      tell(this, 'error', { view: this.#reading.views[0], message: `${error}` });
      return;
    }
    const { client, Settings, settings } = this.#module;
    this.#settings = new Settings(settings);
    client.options = { ...client.options, device: this.#reading.device };
    this.#state = 'running';
    this.#apply();
  }

  /** The value of a setting. @param {Name} name */
  get(name) {
    return this.#settings?.get(name) ?? this.#reading.settings.get(name) ?? propertyOf(name).default;
  }

  /** Reads the attributes anew and shows what they say. */
  #apply() {
    const before = this.#reading;
    this.#reading = read(this);
    for (const warning of this.#reading.warnings) {
      if (!this.#said.has(warning)) console.warn(`<${TAG}>: ${warning}.`, this);
      this.#said.add(warning);
    }
    this.#frame.lang = tagOf(this.#reading.lang);
    this.#speak(this.#reading.lang);
    this.#hidden.replaceSync(
      this.#reading.hidden ? `${this.#reading.hidden} { display: none !important; }` : '',
    );
    if (this.#module) this.#show(before);
    else this.#enter(this.#state);
  }

  /** Has the poster's words fetched. @param {Language} language */
  async #speak(language) {
    if (language === this.#language) return;
    this.#language = language;
    this.#words = undefined;
    const words = language === 'zh' ? await chinese() : undefined;
    if (language !== this.#language) return;
    this.#words = words ?? { embed, posters };
    if (!this.#module) this.#enter(this.#state);
  }

  /** @param {import('./embed-attributes.js').Reading} before */
  #show(before) {
    const settings = /** @type {import('./settings.js').Settings} */ (this.#settings);
    const { settings: now, views } = this.#reading;
    const first = this.#shown === '';
    for (const name of new Set([...before.settings.keys(), ...now.keys()])) {
      const value = now.get(name) ?? propertyOf(name).default;
      if (first || value !== (before.settings.get(name) ?? propertyOf(name).default))
        settings.set(name, value);
    }
    if (this.#shown === `${views}`) return;
    this.#shown = `${views}`;
    const sections = views.map((view) => {
      const section = Object.assign(element(viewOf(view).tag, 'view'), { ownSettings: settings });
      section.addEventListener('shown', (event) => {
        tell(this, 'step', { view, .../** @type {CustomEvent} */ (event).detail });
      });
      return section;
    });
    this.#frame.replaceChildren(...sections);
    this.#hide();
    this.#listen();
    this.#endOffer();
    const needsNetwork = views.some((view) => viewOf(view).sections.includes('train'));
    if (needsNetwork && !views.some((view) => viewOf(view).begins)) this.#offerTraining();
  }

  /** Tells the host what happens, as long as this is on its page. */
  #listen() {
    this.#endEvents();
    if (!this.#module || !this.isConnected) return;
    this.#endEvents = forwardEvents(this.#module.client, this, this.#reading.views);
  }

  /** What draws with a network is of no use until this page has one: it can be trained right here. */
  #offerTraining() {
    const { client } = /** @type {typeof import('./views.js')} */ (this.#module);
    const offer = element('div', 'offer');
    const words = this.#words?.embed ?? embed;
    const train = element('button', 'start', words.train);
    train.addEventListener('click', () => {
      const section = Object.assign(element(viewOf('train').tag, 'view'), { ownSettings: this.#settings });
      offer.replaceWith(section);
      this.#endOffer();
    });
    offer.append(element('p', 'promise', words.noNetwork), train);
    this.#frame.prepend(offer);
    const ends = [
      client.on('run', () => (offer.hidden = true)),
      client.on('opened', () => (offer.hidden = true)),
      client.on('restarting', () => (offer.hidden = false)),
    ];
    this.#endOffer = () => {
      for (const end of ends) end();
    };
  }

  /** A view has its shadow root, and its styles, from when it is on the page. */
  #hide() {
    for (const { shadowRoot } of this.#frame.children) {
      if (shadowRoot && !shadowRoot.adoptedStyleSheets.includes(this.#hidden)) {
        shadowRoot.adoptedStyleSheets.push(this.#hidden);
      }
    }
  }

  /** The poster, in one of its states. @param {State} state */
  #enter(state) {
    this.#state = state;
    if (!this.#words) return;
    const { embed, posters } = this.#words;
    const { title, promise } = posters[this.#reading.views[0]];
    const poster = element('div', 'poster');
    const address = this.getAttribute('poster');
    if (address) {
      const image = document.createElement('img');
      image.src = address;
      image.alt = '';
      poster.append(image);
    }
    const button = document.createElement('button');
    button.type = 'button';
    button.part.add('start');
    button.disabled = state === 'loading';
    button.textContent = { idle: embed.start, loading: embed.loading, failed: embed.again, running: '' }[
      state
    ];
    button.addEventListener('click', () => this.start());
    poster.append(element('p', 'title', title), element('p', 'promise', promise), button);
    if (state === 'failed') poster.append(element('p', 'problem', embed.problem));
    else poster.append(element('p', 'note', embed.note));
    this.#frame.replaceChildren(poster);
  }

  #wait() {
    if (this.#reading.start === 'load') this.start();
    else if (this.#reading.start === 'seen') this.#observer.observe(this);
  }

  /** A property that was set before this class was known. @param {PropertyKey} member */
  #adopt(member) {
    const own = Reflect.getOwnPropertyDescriptor(this, member);
    if (!own) return;
    Reflect.deleteProperty(this, member);
    Reflect.set(this, member, own.value);
  }
}

for (const name of names) {
  Object.defineProperty(DiffusionPlayground.prototype, memberOf(name), {
    configurable: true,
    enumerable: true,
    /** @this {DiffusionPlayground} */
    get() {
      return this.get(name);
    },
    /** @this {DiffusionPlayground} @param {unknown} value */
    set(value) {
      this.setAttribute(attributeOf(name), `${value}`);
    },
  });
}

/** The Chinese words, if they arrive. */
const chinese = () => import('./strings/zh.js').then((module) => module.default).catch(() => undefined);

/** @param {string} tag @param {string} name its class and its part @param {string} [text] */
function element(tag, name, text = '') {
  const made = document.createElement(tag);
  made.className = name;
  made.part.add(name);
  made.textContent = text;
  return made;
}

/** @param {string} text */
function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

/** The article's palette for this element, chosen by its attribute before the reader's preference. */
function paletteSheet() {
  const [light, dark] = [...palette.matchAll(/:root \{([^}]*)\}/g)].map(([, declarations]) => declarations);
  return sheet(`:host {${light}}
    @media (prefers-color-scheme: dark) { :host(:not([theme="light"])) {${dark}} }
    :host([theme="dark"]) {${dark}; color-scheme: dark; }
    :host([theme="light"]) { color-scheme: light; }`);
}

const known = /** @type {{ version?: string } | undefined} */ (customElements.get(TAG));
if (!known) customElements.define(TAG, DiffusionPlayground);
else if (known.version !== VERSION) {
  console.warn(
    `<${TAG}>: version ${known.version} is on this page already; ${VERSION} leaves the elements to it.`,
  );
}
