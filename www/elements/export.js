// What was seen, as files to keep: curves, pictures, animations.

import { css, html } from 'lit';
import { download } from '../download.js';
import { curves, filmStrip, learning, samples, way } from '../exports.js';
import { history } from '../history.js';
import { strings } from '../language.js';
import { run } from '../run.js';
import { settings } from '../settings.js';
import { trajectory } from '../trajectory.js';
import './control.js';
import { PlaygroundElement } from './element.js';

/** @typedef {import('../exports.js').File} File */

export class DiffusionExport extends PlaygroundElement {
  static properties = { words: { state: true }, problem: { state: true }, busy: { state: true } };

  static styles = [
    ...PlaygroundElement.styles,
    css`
      :host {
        display: block;
        margin-top: 1.5rem;
      }
      diffusion-control {
        max-width: 18rem;
        margin-bottom: 1rem;
      }
      .status,
      .complaint {
        flex-basis: 100%;
        margin: 0.5rem 0 0;
      }
    `,
  ];

  constructor() {
    super();
    this.words = '';
    /** What could not be made, and why. */
    this.problem = '';
    this.busy = false;
  }

  connectedCallback() {
    super.connectedCallback();
    for (const store of [settings, run, trajectory, history]) this.watch(store);
  }

  render() {
    const hasWay = trajectory.phase === 'done' && trajectory.length > 0;
    const scale = settings.get('exportScale');
    /** @param {string} words @param {boolean} exists @param {() => File | Promise<File>} make */
    const button = (words, exists, make) =>
      html`<button type="button" ?disabled=${!exists || this.busy} @click=${() => this.#keep(make)}>${words}</button>`;
    const tell = (/** @type {string} */ words) => {
      this.words = words;
    };
    return html`
      <diffusion-control name="exportScale"></diffusion-control>
      <div class="toolbar" role="group" aria-label=${strings.open.export}>
        ${button(strings.open.csv, run.steps.length > 0, curves)}
        ${button(strings.open.png, run.grid !== undefined, () => samples(scale))}
        ${button(strings.open.learning, history.moments.length > 0, () => learning(scale, tell))}
        ${button(strings.open.strip, hasWay, () => filmStrip(scale))}
        ${button(strings.open.way, hasWay, () => way(scale, tell))}
        <p class="status" role="status">${this.words || missing(hasWay)}</p>
        <p class="complaint" role="alert">${this.problem}</p>
      </div>
    `;
  }

  /** @param {() => File | Promise<File>} make */
  async #keep(make) {
    this.busy = true;
    this.problem = '';
    try {
      const { name, content } = await make();
      download(name, content);
      this.words = strings.open.saved(name);
    } catch (error) {
      this.words = '';
      this.problem = error instanceof Error ? error.message : `${error}`;
    }
    this.busy = false;
  }
}

/** @param {boolean} hasWay */
function missing(hasWay) {
  if (!run.steps.length && !hasWay) return strings.open.nothing;
  return hasWay ? '' : strings.open.firstDraw;
}

customElements.define('diffusion-export', DiffusionExport);
