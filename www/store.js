// What several elements show of the same thing: they subscribe, it tells them when it changes.

export class Store {
  /** @type {Set<() => void>} */
  #subscribers = new Set();

  /**
   * @param {() => void} subscriber
   * @returns {() => void} ends the subscription
   */
  subscribe(subscriber) {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  changed() {
    for (const subscriber of this.#subscribers) subscriber();
  }
}
