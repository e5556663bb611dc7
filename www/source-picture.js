// The picture that steering begins with: a test image, or the reader's drawing.

import { client } from './client.js';
import { forwardSchedule } from './configs.js';
import { drawing } from './drawing.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').Frames} Frames */

class SourcePicture extends Store {
  /** The test image that came last. @type {{ image: number, label?: number, frames: Frames } | undefined} */
  #test;
  /** @type {number | undefined} */
  #asked;

  constructor() {
    super();
    drawing.subscribe(() => this.changed());
    client.on('restarting', () => {
      this.#asked = undefined;
    });
    // Images of another data set have the same numbers.
    client.on('data', ({ split }) => {
      if (split !== 'test') return;
      this.#asked = undefined;
      this.#test = undefined;
      this.changed();
    });
  }

  /** None before it is there. @returns {Frames | undefined} */
  get frames() {
    return settings.get('steerSource') === 'drawn' ? drawing.picture : this.#chosen?.frames;
  }

  /** What it shows, where that is known. */
  get label() {
    return settings.get('steerSource') === 'drawn' ? undefined : this.#chosen?.label;
  }

  get #chosen() {
    return this.#test?.image === settings.get('steerImage') ? this.#test : undefined;
  }

  /** Fetches the chosen test image, if it is not there or on its way. */
  ask() {
    const image = settings.get('steerImage');
    if (settings.get('steerSource') !== 'test' || image === this.#asked || !client.has('test')) return;
    this.#asked = image;
    const noiseSeed = settings.get('noiseSeed');
    client.send(
      { type: 'forward', schedule: forwardSchedule(), image, t: 0, noiseSeed },
      ({ label, x0: frames }) => {
        this.#test = { image, label, frames };
        this.changed();
      },
    );
  }
}

export const sourcePicture = new SourcePicture();
