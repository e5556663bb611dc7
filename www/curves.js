// The curves of noise schedules, asked for once each. They are answered in the order in which they were asked for.

import { client } from './client.js';
import { scheduleConfig } from './configs.js';
import { Store } from './store.js';

/** @typedef {import('./properties.js').Values['schedule']} ScheduleKind */
/** @typedef {import('./messages.js').MessageOf<'schedule'>} Curves */

class ScheduleCurves extends Store {
  /** @type {Map<ScheduleKind, Curves>} */
  #known = new Map();
  /** @type {ScheduleKind[]} */
  #asked = [];

  constructor() {
    super();
    client.on('schedule', (curves) => {
      const kind = this.#asked.shift();
      if (kind) this.#known.set(kind, curves);
      this.changed();
    });
    client.on('restarting', () => {
      for (const kind of this.#asked.splice(0)) this.of(kind);
    });
  }

  /**
   * @param {ScheduleKind} kind
   * @returns {Curves | undefined} nothing yet the first time: subscribe to learn when it's there
   */
  of(kind) {
    if (!this.#known.has(kind) && !this.#asked.includes(kind)) {
      this.#asked.push(kind);
      client.send({ type: 'schedule', schedule: scheduleConfig(kind) });
    }
    return this.#known.get(kind);
  }
}

export const curves = new ScheduleCurves();
