// What a network can be asked for, and how the guess at the digit follows from its answer.

import { strings } from './language.js';
import { alphaBar, estimate, fraction, indexed, number, root, sign, symbol } from './math.js';

/** @typedef {import('../pkg/diffusion_playground.js').Prediction} Prediction */

/**
 * @typedef {object} Target
 * @property {string} letter
 * @property {unknown} symbol what is asked for
 * @property {unknown} guess the network's answer
 * @property {(at: unknown) => unknown} network the network as a function of `at`
 */

/** @param {unknown} at */
const argument = (at) => [sign('('), at, sign(')')];

/** @type {Record<Prediction, Target>} */
export const targets = {
  epsilon: {
    letter: 'ε',
    symbol: symbol('ε', 'noise'),
    guess: estimate('ε'),
    network: (at) => [indexed('ε', 'θ', 'model'), argument(at)],
  },
  sample: {
    letter: 'x₀',
    symbol: indexed('x', number('0'), 'data'),
    guess: estimate('x', '0'),
    network: (at) => [indexed('x', 'θ', 'model'), argument(at)],
  },
  v: {
    letter: 'v',
    symbol: symbol('v', 'mix'),
    guess: estimate('v'),
    network: (at) => [indexed('v', 'θ', 'model'), argument(at)],
  },
  flow: {
    letter: 'u',
    symbol: symbol('u', 'mix'),
    guess: estimate('u'),
    network: (at) => [indexed('u', 'θ', 'model'), argument(at)],
  },
};

/** What the network predicts, after that word. @param {Prediction} prediction */
export const nameOf = (prediction) => strings.predictions.names[prediction];

/** The target's definition, where it is a mix, in a sentence. @param {Prediction} prediction */
export const definitionOf = (prediction) => strings.predictions.definitions[prediction];

/**
 * The two guesses that an answer stands for: the one that has to be worked out, with its numbers.
 * @param {Prediction} prediction
 * @param {{ t: number, signal: number, noise: number } | undefined} at what the picture and the noise are multiplied with
 */
export function guessFormula(prediction, at) {
  const mixed = indexed('x', 't', 'mix');
  const here = at ? indexed('x', number(`${at.t}`), 'mix') : mixed;
  const live = (/** @type {number | undefined} */ value, /** @type {import('./math.js').Ink} */ ink) =>
    number(value === undefined ? '…' : value.toFixed(3), ink);
  const [signal, noise] = [live(at?.signal, 'data'), live(at?.noise, 'noise')];
  const [rootSignal, rootNoise] = [root(alphaBar()), root([number('1'), sign('−'), alphaBar()])];
  const [x, e] = [estimate('x', '0'), estimate('ε')];
  const answer = targets[prediction].guess;
  const both = (
    /** @type {unknown} */ left,
    /** @type {unknown} */ general,
    /** @type {unknown} */ numbers,
  ) => [left, sign('='), general, sign('='), numbers];
  switch (prediction) {
    case 'epsilon':
      return both(
        x,
        fraction([mixed, sign('−'), rootNoise, e], rootSignal),
        fraction([here, sign('−'), noise, e], signal),
      );
    case 'sample':
      return both(
        e,
        fraction([mixed, sign('−'), rootSignal, x], rootNoise),
        fraction([here, sign('−'), signal, x], noise),
      );
    case 'v':
      return both(
        x,
        [rootSignal, mixed, sign('−'), rootNoise, answer],
        [signal, here, sign('−'), noise, answer],
      );
    case 'flow':
      return both(x, [mixed, sign('−'), symbol('s'), answer], [here, sign('−'), noise, answer]);
  }
}

/**
 * What picture and noise are multiplied with when a sampler told the network `told`.
 * @param {Prediction} prediction
 * @param {number} told counted from 0, but for a flow, whose times begin at 1
 * @param {number[] | undefined} alphasCumprod of the schedule, once they are known
 * @param {number} timesteps
 */
export function levelAt(prediction, told, alphasCumprod, timesteps) {
  if (prediction === 'flow') {
    const noise = told / timesteps;
    return { t: Math.round(told), signal: 1 - noise, noise };
  }
  const left = alphasCumprod?.[Math.round(told)];
  if (left === undefined) return undefined;
  return { t: Math.round(told) + 1, signal: Math.sqrt(left), noise: Math.sqrt(1 - left) };
}
