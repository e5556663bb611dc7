// The last training step that was taken to be looked at.

import { client } from './client.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'slowStep'>} SlowStep */

class SlowMotion extends Store {
  /** @type {SlowStep | undefined} */
  view;

  constructor() {
    super();
    client.on('slowStep', (view) => {
      this.view = view;
      this.changed();
    });
    for (const end of /** @type {const} */ (['run', 'restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => {
        this.view = undefined;
        this.changed();
      });
    }
  }
}

export const slowMotion = new SlowMotion();
