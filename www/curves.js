// The curves of noise schedules, asked for once each. They are answered in the order in which they were asked for.

import { client } from './client.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').ScheduleConfig} ScheduleConfig */
/** @typedef {import('./messages.js').MessageOf<'schedule'>} Curves */

class ScheduleCurves extends Store {
  /** By configuration. @type {Map<string, Curves>} */
  #known = new Map();
  /** @type {string[]} */
  #asked = [];

  constructor() {
    super();
    client.on('schedule', (curves) => {
      const asked = this.#asked.shift();
      if (asked) this.#known.set(asked, curves);
      this.changed();
    });
    client.on('restarting', () => {
      // Whoever still wants them asks again.
      this.#asked = [];
      this.changed();
    });
  }

  /**
   * @param {ScheduleConfig} schedule
   * @returns {Curves | undefined} nothing yet the first time: subscribe to learn when it's there
   */
  of(schedule) {
    const key = JSON.stringify(schedule);
    if (!this.#known.has(key) && !this.#asked.includes(key)) {
      this.#asked.push(key);
      client.send({ type: 'schedule', schedule });
    }
    return this.#known.get(key);
  }
}

export const curves = new ScheduleCurves();
