// The second network of the comparison: a flow beside any other network, one that predicts noise beside a flow. The module
// holds it beside the one that draws in all sections, from the first comparison that wants it until none does.

import { client } from './client.js';
import { model } from './model.js';
import { ask } from './open-model.js';
import { settings } from './settings.js';
import { fetchShipped, forgetShipped, keepShipped, models } from './shipped.js';
import { Store } from './store.js';

class Beside extends Store {
  /** How much of it has come, from 0 to 1, while it is on its way. @type {number | undefined} */
  share;
  /** Why it did not come. @type {string | undefined} */
  problem;
  /** The name of what the module holds. @type {string | undefined} */
  #held;

  constructor() {
    super();
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => {
        this.#held = undefined;
      });
    }
    settings.subscribe(() => this.#letGo());
    model.subscribe(() => this.#letGo());
  }

  /** The one that goes with the network that draws; none where they would draw different things. */
  get fitting() {
    const name = model.prediction === 'flow' ? 'mnist-unet' : 'mnist-flow';
    return model.drawsMnist ? models.find((shipped) => shipped.name === name) : undefined;
  }

  get wanted() {
    return settings.get('compareBeside') === 'yes' ? this.fitting : undefined;
  }

  /** The wanted one, where it can draw. */
  get ready() {
    return this.wanted?.name === this.#held ? this.wanted : undefined;
  }

  /** Brings the wanted one, unless it is there. @param {AbortSignal} signal */
  async bring(signal) {
    const { wanted } = this;
    if (!wanted || this.ready) return;
    this.#update(0);
    try {
      /** @param {number} loaded */
      const onProgress = (loaded) => signal.aborted || this.#update(loaded / wanted.bytes);
      const bytes = await fetchShipped(wanted, { signal, onProgress });
      await ask({ type: 'openBeside', bytes }, 'beside', signal, 'beside');
      this.#held = wanted.name;
      this.#letGo();
      keepShipped(wanted, bytes);
      this.#update();
    } catch (error) {
      if (signal.aborted) return this.#update();
      forgetShipped(wanted);
      this.#update(undefined, error instanceof Error ? error.message : `${error}`);
    }
  }

  /** What is no longer wanted. */
  #letGo() {
    if (!this.#held || this.ready) return;
    this.#held = undefined;
    client.send({ type: 'closeBeside' });
  }

  /** @param {number} [share] @param {string} [problem] */
  #update(share, problem) {
    Object.assign(this, { share, problem });
    this.changed();
  }
}

export const beside = new Beside();
