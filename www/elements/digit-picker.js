// Ten real test digits, one of each class, as buttons.

import { html, unsafeCSS } from 'lit';
import { client } from '../client.js';
import { forwardSchedule } from '../configs.js';
import './picture.js';
import style from './digit-picker.css' with { type: 'text' };
import { PlaygroundElement } from './element.js';

/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

export class DiffusionDigitPicker extends PlaygroundElement {
  static properties = {
    name: { type: String },
    labels: { state: true },
    round: { state: true },
    pictures: { state: true },
  };
  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  constructor() {
    super();
    /** The setting that is chosen. @type {'image' | 'steerImage'} */
    this.name = 'image';
    /** The class of every test image. @type {Uint8Array | undefined} */
    this.labels = undefined;
    /** Which of its class's images each digit shows. */
    this.round = 0;
    /** By image number. @type {Map<number, Frames>} */
    this.pictures = new Map();
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.settings);
    this.listen('data', ({ split, labels }) => {
      if (split === 'test') this.labels = labels;
    });
    this.listen('forward', ({ image, x0 }) => {
      if (!this.pictures.has(image)) this.pictures = new Map(this.pictures).set(image, x0);
    });
  }

  render() {
    const chosen = this.settings.get(this.name);
    const images = this.#images();
    return html`<div class="digits" role="group" aria-label="Choose a digit">
      ${DIGITS.map((digit) => {
        const image = images[digit];
        return html`<button
          type="button"
          class="digit"
          aria-label="Digit ${digit}"
          aria-pressed=${image !== undefined && image === chosen ? 'true' : 'false'}
          ?disabled=${image === undefined}
          @click=${() => image !== undefined && this.settings.set(this.name, image)}
        >
          <diffusion-picture aria-hidden="true" .frames=${image === undefined ? undefined : this.pictures.get(image)}>
          </diffusion-picture>
        </button>`;
      })}
      <button type="button" class="others" ?disabled=${!this.labels} @click=${this.#others}>Other digits</button>
    </div>`;
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (!changed.has('labels') && !changed.has('round')) return;
    for (const image of this.#images()) {
      if (image === undefined || this.pictures.has(image)) continue;
      client.send({
        type: 'forward',
        schedule: forwardSchedule(this.settings),
        image,
        t: 0,
        noiseSeed: this.settings.get('noiseSeed'),
      });
    }
  }

  /** The image shown for each digit: of its own class, the chosen image stands for itself. */
  #images() {
    const { labels } = this;
    if (!labels) return DIGITS.map(() => undefined);
    const chosen = this.settings.get(this.name);
    return DIGITS.map((digit) => (labels[chosen] === digit ? chosen : nth(labels, digit, this.round)));
  }

  #others() {
    const digit = this.labels?.[this.settings.get(this.name)];
    this.round += 1;
    const next = this.labels && digit !== undefined ? nth(this.labels, digit, this.round) : undefined;
    if (next !== undefined) this.settings.set(this.name, next);
  }
}

/**
 * The image that comes `round` after the first of its class, from the start again after the last.
 * @param {Uint8Array} labels
 * @param {number} digit
 * @param {number} round
 */
function nth(labels, digit, round) {
  const ofClass = [...labels.keys()].filter((image) => labels[image] === digit);
  return ofClass.length ? ofClass[round % ofClass.length] : undefined;
}

customElements.define('diffusion-digit-picker', DiffusionDigitPicker);
