// Which device does the arithmetic, and why that one; what the address asked for in vain.

import { css, html } from 'lit';
import { fill, strings } from '../language.js';
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
      <div role="status">${this.ready ? badge(this.ready) : html`<p class="badge">${strings.device.looking}</p>`}</div>
      <diffusion-notice place="device"></diffusion-notice>
      ${settings.complaints.map((complaint) => html`<p class="complaint" role="alert">${complaint}</p>`)}
    `;
  }
}

/** @param {Ready} ready */
function badge({ backend, adapter, reason }) {
  const { device } = strings;
  const [plain, because] =
    backend === 'cpu' ? [device.cpu, device.cpuBecause] : [device.gpu, device.gpuBecause];
  const why = html`<span class="why">${device.because(reason ?? '')}</span>`;
  return html`<p class="badge up">${fill(reason ? because : plain, { adapter, why })}</p>`;
}

customElements.define('diffusion-device', DiffusionDevice);
