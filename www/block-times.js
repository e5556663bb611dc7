// How long each block of the drawn network takes on this device: measured when the reader asks for it.

import { client } from './client.js';
import { network } from './network.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('./messages.js').MessageOf<'blockTimes'>} BlockTimes */

class BlockTimesStore extends Store {
  /** Those that came last, of whichever network. @type {BlockTimes | undefined} */
  #last;
  isMeasuring = false;

  constructor() {
    super();
    client.on('blockTimes', (times) => {
      this.#last = times;
      this.isMeasuring = times.pass < times.passes;
      this.changed();
    });
    client.on('opened', () => {
      if (this.#last?.network !== 'opened') return;
      this.#last = undefined;
      this.changed();
    });
    client.on('blockTimesCancelled', () => this.#end());
    client.on('error', ({ at }) => at === 'network' && this.#end());
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => {
        this.#last = undefined;
        this.#end();
      });
    }
  }

  /** Of the network that is drawn; none before the first pass is measured. @returns {BlockTimes | undefined} */
  get times() {
    return this.#last?.pass && this.#last.network === network.view?.network ? this.#last : undefined;
  }

  /** Seconds of a whole pass. */
  get total() {
    return (this.times?.blocks ?? []).reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** Seconds of a block; none where it is timed together with another. @param {string} block */
  of(block) {
    return this.times?.blocks.find(({ name }) => name === block)?.seconds;
  }

  measure() {
    if (!network.view) return;
    this.#last = undefined;
    this.isMeasuring = true;
    this.changed();
    client.send({ type: 'timeBlocks', network: network.view.network, batch: settings.get('diagramBatch') });
  }

  cancel() {
    client.send({ type: 'cancel', at: 'network' });
  }

  #end() {
    this.isMeasuring = false;
    this.changed();
  }
}

export const blockTimes = new BlockTimesStore();
