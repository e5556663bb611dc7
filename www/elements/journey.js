// The chosen digit at a few timesteps, from clean to noise.

import { css, html } from 'lit';
import { client } from '../client.js';
import { forwardSchedule } from '../configs.js';
import { dataSets } from '../data-sets.js';
import { strings } from '../language.js';
import { settings } from '../settings.js';
import './picture.js';
import { PlaygroundElement } from './element.js';

/** @typedef {import('../messages.js').MessageOf<'forward'>} Forward */

const TIMESTEPS = [0, 50, 120, 200, 300, 400, 500, 700, 1000];

export class DiffusionJourney extends PlaygroundElement {
  static properties = { views: { state: true } };

  static styles = [
    ...PlaygroundElement.styles,
    css`
      :host {
        display: block;
      }
      ol {
        display: flex;
        justify-content: space-between;
        margin: 0;
        padding: 0;
        list-style: none;
        --scale: 4;
      }
      p {
        margin: 0.5rem 0 0;
        color: var(--muted);
        font-size: 0.8125rem;
      }
      @media (width < 1100px) {
        ol {
          --scale: 2;
        }
      }
      @media (width < 600px) {
        li:nth-child(even) {
          display: none;
        }
      }
    `,
  ];

  /** What the pictures were asked for with. */
  #asked = '';

  constructor() {
    super();
    /** By timestep. @type {Map<number, Forward>} */
    this.views = new Map();
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(settings);
    this.watch(dataSets);
    this.listen('restarting', () => {
      this.#asked = '';
    });
    this.listen('data', ({ split }) => {
      if (split !== 'test') return;
      this.#asked = '';
      this.#ask();
    });
    this.listen('forward', (view) => {
      // A picture of one's own has no label.
      if (view.label !== undefined && view.image === settings.get('image') && TIMESTEPS.includes(view.t)) {
        this.views = new Map(this.views).set(view.t, view);
      }
    });
  }

  render() {
    return html`<ol>
        ${TIMESTEPS.map(
          (t) => html`<li>
            <diffusion-picture .frames=${this.views.get(t)?.xT} label=${strings.forward.withNoise(t)}>
            </diffusion-picture>
          </li>`,
        )}
      </ol>
      <p>${dataSets.shown === 'mnist' ? strings.forward.journeyDigit : strings.forward.journeyPicture}</p>`;
  }

  updated() {
    this.#ask();
  }

  #ask() {
    const request = {
      image: settings.get('image'),
      schedule: forwardSchedule(),
      noiseSeed: settings.get('noiseSeed'),
    };
    const asked = JSON.stringify(request);
    if (asked === this.#asked || !client.has('test')) return;
    this.#asked = asked;
    for (const t of TIMESTEPS) client.send({ type: 'forward', t, ...request });
  }
}

customElements.define('diffusion-journey', DiffusionJourney);
