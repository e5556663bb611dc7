// Which device does the arithmetic, and why that one; what the address asked for in vain.

import { css, html, nothing } from 'lit';
import { settings } from '../settings.js';
import { PlaygroundElement } from './element.js';

/** @typedef {import('../messages.js').MessageOf<'ready'>} Ready */

export class DiffusionDevice extends PlaygroundElement {
  static properties = { ready: { state: true } };

  static styles = [
    ...PlaygroundElement.styles,
    css`
      :host {
        display: block;
        min-height: 3rem;
      }
      p {
        margin: 0 0 0.25rem;
      }
      .badge::before {
        content: '';
        display: inline-block;
        width: 0.6em;
        height: 0.6em;
        margin-right: 0.5em;
        border-radius: 50%;
        border: 2px solid var(--muted);
      }
      .badge.up::before {
        background: var(--muted);
      }
      .why {
        color: var(--muted);
      }
    `,
  ];

  constructor() {
    super();
    /** @type {Ready | undefined} */
    this.ready = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.listen('ready', (ready) => (this.ready = ready));
    this.listen('restarting', () => (this.ready = undefined));
    this.watch(settings);
    this.hold();
  }

  render() {
    return html`
      <div role="status">${this.ready ? badge(this.ready) : html`<p class="badge">Looking for a graphics card …</p>`}</div>
      <diffusion-notice place="device"></diffusion-notice>
      ${settings.complaints.map((complaint) => html`<p class="complaint" role="alert">${complaint}</p>`)}
    `;
  }
}

/** @param {Ready} ready */
function badge({ backend, adapter, reason }) {
  const because = reason ? html`, <span class="why">because ${reason}</span>` : nothing;
  return html`<p class="badge up">
    ${
      backend === 'cpu'
        ? html`Running on the CPU${because}.`
        : html`Running on WebGPU: ${adapter}${reason ? html`. It will be slow${because}` : nothing}.`
    }
  </p>`;
}

customElements.define('diffusion-device', DiffusionDevice);
