// Keeps the page on this device, where the reader asks for it.

import { css, html, nothing } from 'lit';
import { client } from '../client.js';
import { strings } from '../language.js';
import { PlaygroundElement } from './element.js';

const SCRIPT = new URL('./service-worker.js', import.meta.url).href;
const SCOPE = new URL('./', import.meta.url).href;

/** @typedef {'off' | 'saving' | 'on' | 'failed'} State */

export class DiffusionOffline extends PlaygroundElement {
  static properties = { state: { state: true } };

  static styles = [
    ...PlaygroundElement.styles,
    css`
      :host {
        display: block;
        margin-bottom: 1.5rem;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {State} */
    this.state = 'off';
  }

  connectedCallback() {
    super.connectedCallback();
    if (!('serviceWorker' in navigator)) return;
    navigator.serviceWorker.getRegistration(SCOPE).then((registration) => {
      if (registration?.active) this.state = 'on';
    });
  }

  render() {
    // Only pages that came safely may be kept.
    if (!('serviceWorker' in navigator)) return nothing;
    return html`<label class="check">
        <input
          type="checkbox"
          .checked=${this.state === 'on' || this.state === 'saving'}
          ?disabled=${this.state === 'saving'}
          @change=${() => (this.state === 'on' ? this.#forget() : this.#save())}
        />
        ${strings.offline.keep}
      </label>
      <p class="help" role="status">${strings.offline.states[this.state]}</p>`;
  }

  async #save() {
    this.state = 'saving';
    try {
      const registration = await navigator.serviceWorker.register(SCRIPT, { scope: SCOPE });
      await Promise.all([active(registration), ...['test', 'train'].map(arrived)]);
      this.state = 'on';
    } catch (error) {
      console.warn('The page cannot be kept:', error);
      await this.#forget();
      this.state = 'failed';
    }
  }

  async #forget() {
    const registration = await navigator.serviceWorker.getRegistration(SCOPE);
    await registration?.unregister();
    for (const name of await caches.keys()) {
      if (name.startsWith('diffusion-playground-')) await caches.delete(name);
    }
    this.state = 'off';
  }
}

/** @param {ServiceWorkerRegistration} registration @returns {Promise<void>} */
function active(registration) {
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker?.state === 'activated') resolve();
      if (!worker || worker.state === 'redundant') reject(new Error('not all files arrived'));
    };
    worker?.addEventListener('statechange', look);
    look();
  });
}

/** A data set that has come is kept: see packs.js. @param {string} name @returns {Promise<void>} */
function arrived(name) {
  const split = /** @type {import('../../pkg/diffusion_playground.js').Split} */ (name);
  return new Promise((resolve, reject) => {
    /** @type {(() => void)[]} */
    const ends = [];
    const end = (/** @type {() => void} */ settle) => {
      settle();
      queueMicrotask(() => ends.forEach((stop) => void stop()));
    };
    ends.push(client.on('data', (data) => data.split === split && end(resolve)));
    ends.push(
      client.on(
        'downloadFailed',
        (failed) => failed.split === split && end(() => reject(new Error(failed.message))),
      ),
    );
    client.send({ type: 'download', split });
  });
}

customElements.define('diffusion-offline', DiffusionOffline);
