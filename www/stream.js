// Values that arrive when they arrive, for one who takes them one after the other.

/** @template T */
export class Stream {
  /** @type {T[]} */
  #waiting = [];
  /** @type {{ resolve: (result: IteratorResult<T, undefined>) => void, reject: (error: Error) => void } | undefined} */
  #taker;
  /** @type {Error | undefined} */
  #error;
  #ended = false;

  /** @param {T} value */
  push(value) {
    if (this.#ended) return;
    if (this.#taker) this.#answer({ value, done: false });
    else this.#waiting.push(value);
  }

  end() {
    this.#ended = true;
    this.#answer({ value: undefined, done: true });
  }

  /** @param {Error} error */
  fail(error) {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#taker) this.#taker.reject(error);
    else this.#error = error;
    this.#taker = undefined;
  }

  /** @returns {Promise<IteratorResult<T, undefined>>} */
  async next() {
    const value = this.#waiting.shift();
    if (value !== undefined) return { value, done: false };
    if (this.#error) {
      const error = this.#error;
      this.#error = undefined;
      throw error;
    }
    if (this.#ended) return { value: undefined, done: true };
    return await new Promise((resolve, reject) => (this.#taker = { resolve, reject }));
  }

  /** @param {IteratorResult<T, undefined>} result */
  #answer(result) {
    this.#taker?.resolve(result);
    this.#taker = undefined;
  }
}
