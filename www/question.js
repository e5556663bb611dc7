// A question about the network of this moment: asked again when it has learned more, and never before the last answer.

import { client } from './client.js';
import { run } from './run.js';

/** @typedef {import('./messages.js').Request} Request */

/** While training goes on, the same is asked again after so long. */
const AGAIN_MS = 1500;

export class Question {
  #asked = '';
  /** Training steps that the network had taken then, and when that was. */
  #step = 0;
  #at = 0;
  #waiting = false;
  /** What could not be answered: not asked again before it changes. */
  #refused = '';

  /**
   * @param {'probe' | 'estimate'} answer
   * @param {import('../pkg/diffusion_playground.js').Place} place where its errors are said
   */
  constructor(answer, place) {
    client.on(answer, () => (this.#waiting = false));
    // The same number is another image then.
    client.on('data', ({ split }) => split === 'test' && this.forget());
    client.on('error', ({ at }) => {
      if (at !== place || !this.#waiting) return;
      this.#waiting = false;
      this.#refused = this.#asked;
    });
    for (const end of /** @type {const} */ (['run', 'restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => {
        this.#waiting = false;
        this.forget();
      });
    }
  }

  /** The next time it is new, whatever it is. */
  forget() {
    this.#asked = '';
    this.#refused = '';
  }

  /** @param {Request} request needs a network and the test images: without, it is not asked */
  ask(request) {
    if (this.#waiting || !run.takesImages || !client.has('test')) return;
    const asked = JSON.stringify(request);
    const now = performance.now();
    const isEarly = run.phase === 'running' && now - this.#at < AGAIN_MS;
    if (asked === this.#refused) return;
    if (asked === this.#asked && (run.step === this.#step || isEarly)) return;
    this.#asked = asked;
    this.#step = run.step;
    this.#at = now;
    this.#waiting = true;
    client.send(request);
  }
}
