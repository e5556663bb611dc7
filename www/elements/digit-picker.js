// Real test images, one of each class, as buttons.

import { html, unsafeCSS } from 'lit';
import { client } from '../client.js';
import { forwardSchedule } from '../configs.js';
import { capital, classWords, dataSets } from '../data-sets.js';
import { strings } from '../language.js';
import './picture.js';
import style from './digit-picker.css' with { type: 'text' };
import { PlaygroundElement } from './element.js';

/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */

export class DiffusionDigitPicker extends PlaygroundElement {
  static properties = {
    name: { type: String },
    labels: { state: true },
    round: { state: true },
    pictures: { state: true },
  };
  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  /** The data set that they are of. */
  #set = 'mnist';

  constructor() {
    super();
    /** The setting that is chosen. @type {'image' | 'steerImage'} */
    this.name = 'image';
    /** The class of every test image. @type {Uint8Array | undefined} */
    this.labels = undefined;
    /** Which of its class's images each button shows. */
    this.round = 0;
    /** By image number. @type {Map<number, Frames>} */
    this.pictures = new Map();
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.settings);
    this.watch(dataSets);
    this.listen('data', ({ split, set, count, labels }) => {
      if (split !== 'test') return;
      this.labels = labels;
      this.round = 0;
      if (this.#set !== set) this.pictures = new Map();
      this.#set = set;
      if (this.settings.get(this.name) >= count) this.settings.set(this.name, 0);
    });
    this.listen('forward', ({ image, label, x0 }) => {
      // A picture of one's own has no label.
      if (label !== undefined && !this.pictures.has(image))
        this.pictures = new Map(this.pictures).set(image, x0);
    });
  }

  render() {
    const chosen = this.#image;
    const { classes } = dataSets.describe(this.#set);
    return html`<div class="digits" role="group" aria-label=${strings.forward.choose}>
      ${this.#images().map(
        (image, label) => html`<button
          type="button"
          class="digit"
          title=${classWords(classes, label)}
          aria-label=${capital(classWords(classes, label))}
          aria-pressed=${image !== undefined && image === chosen ? 'true' : 'false'}
          ?disabled=${image === undefined}
          @click=${() => this.#choose(image)}
        >
          <diffusion-picture aria-hidden="true" .frames=${image === undefined ? undefined : this.pictures.get(image)}>
          </diffusion-picture>
        </button>`,
      )}
      <button type="button" class="others" ?disabled=${!this.labels} @click=${this.#others}>
        ${this.#set === 'mnist' ? strings.forward.otherDigits : strings.forward.otherPictures}
      </button>
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

  /** The image shown for each class: of its own class, the chosen image stands for itself. */
  #images() {
    const { labels } = this;
    const { classes } = dataSets.describe(this.#set);
    const chosen = this.settings.get(this.name);
    return classes.map((_, label) =>
      labels?.[chosen] === label ? chosen : labels && nth(labels, label, this.round),
    );
  }

  #others() {
    const label = this.labels?.[this.settings.get(this.name)];
    this.round += 1;
    const next = this.labels && label !== undefined ? nth(this.labels, label, this.round) : undefined;
    this.#choose(next);
  }

  /** The image on show, where it is not a picture of the reader's own. */
  get #image() {
    return this.name === 'image' && this.settings.picture ? undefined : this.settings.get(this.name);
  }

  /** @param {number | undefined} image */
  #choose(image) {
    if (image === undefined) return;
    if (this.name === 'image') this.settings.setPicture(undefined);
    this.settings.set(this.name, image);
  }
}

/**
 * The image that comes `round` after the first of its class, from the start again after the last.
 * @param {Uint8Array} labels
 * @param {number} label
 * @param {number} round
 */
function nth(labels, label, round) {
  const ofClass = [...labels.keys()].filter((image) => labels[image] === label);
  return ofClass.length ? ofClass[round % ofClass.length] : undefined;
}

customElements.define('diffusion-digit-picker', DiffusionDigitPicker);
