// The formula of each part of a training step, with its numbers.

import { html, mathml } from 'lit';
import { fixed, three } from '../format.js';
import { fraction, indexed, number, sign, symbol } from '../math.js';
import { definitions, targets } from '../predictions.js';
import { run } from '../run.js';

/** @typedef {import('../slow-motion.js').SlowStep} SlowStep */

/** @param {SlowStep | undefined} view @param {number} part */
export function slowMotionFormula(view, part) {
  const [formula, reading] = FORMULAS[part](view);
  return html`<div class="formula">
    <math display="block">${formula}</math>
    <p class="reading">${reading}</p>
  </div>`;
}

/** A live number, or where it will be. @param {number | undefined} value @param {import('../math.js').Ink} [ink] */
const live = (value, ink) => number(value === undefined ? '…' : fixed(value, 4), ink);

/** @param {SlowStep | undefined} view */
const timestep = (view) => number(view ? `${view.t}` : 't');

/** @param {SlowStep | undefined} view */
const predicted = (view) => view?.prediction ?? run.config.prediction ?? 'epsilon';

const norm = (/** @type {unknown} */ content) => [sign('‖'), content, sign('‖')];

/** @type {((view: SlowStep | undefined) => [unknown, unknown])[]} */
const FORMULAS = [
  (view) => [
    [
      sign('('),
      indexed('x', number('0'), 'data'),
      sign(','),
      symbol('c'),
      sign(')'),
      sign('∼'),
      mathml`<mtext>data</mtext>`,
      sign(','),
      symbol('c'),
      sign('='),
      number(view ? `${view.label ?? '∅'}` : '…', 'data'),
    ],
    'Every tenth class is withheld, ∅, so that the network also learns to do without: guidance will need it.',
  ],
  (view) => [
    [
      indexed('x', timestep(view), 'mix'),
      sign('='),
      live(view?.signal, 'data'),
      indexed('x', number('0'), 'data'),
      sign('+'),
      live(view?.noise, 'noise'),
      symbol('ε', 'noise'),
    ],
    predicted(view) === 'flow'
      ? `On a flow’s straight path the two numbers add up to one. ${definitions.flow}`
      : `The formula of the first section. Each image of the batch has its own t and its own noise. ${definitions[predicted(view)]}`,
  ],
  (view) => [
    [
      targets[predicted(view)].guess,
      sign('='),
      targets[predicted(view)].network([
        indexed('x', timestep(view), 'mix'),
        sign(','),
        timestep(view),
        sign(','),
        number(view ? `${view.label ?? '∅'}` : 'c', 'data'),
      ]),
    ],
    'These are the weights of the moment, not their smoothed copy.',
  ],
  (view) => [
    [
      fraction(number('1'), number('784')),
      mathml`<msup><mrow>${norm([targets[predicted(view)].symbol, sign('−'), targets[predicted(view)].guess])}</mrow><mn>2</mn></msup>`,
      sign('='),
      live(view?.exampleLoss, 'model'),
    ],
    view
      ? `The loss is the mean of this over the ${view.batchSize} images of the batch: ${fixed(view.loss, 4)}.`
      : 'The loss is the mean of this over the batch.',
  ],
  (view) => [
    [
      symbol('θ', 'model'),
      sign('←'),
      symbol('θ', 'model'),
      sign('−'),
      symbol('η'),
      sign('('),
      fraction(mathml`<mover accent="true"><mi>m</mi><mo stretchy="false">^</mo></mover>`, [
        mathml`<msqrt><mover accent="true"><mi>v</mi><mo stretchy="false">^</mo></mover></msqrt>`,
        sign('+'),
        number('10⁻⁸'),
      ]),
      sign('+'),
      symbol('λ'),
      symbol('θ', 'model'),
      sign(')'),
      sign(','),
      norm([symbol('Δ'), symbol('θ', 'model')]),
      sign('='),
      number(view ? three(view.updateNorm) : '…', 'model'),
    ],
    view
      ? `AdamW: m̂ and v̂ are running means of the gradient and of its square, η = ${three(view.learningRate)} and λ =
         ${three(view.weightDecay)}. The gradient of this step has the length ${three(view.gradNorm)}${
           view.gradNorm > view.gradClip ? `, and counts with the length ${three(view.gradClip)} at most` : ''
         }; all weights together have the length ${three(view.weightsNorm)}.`
      : 'AdamW: m̂ and v̂ are running means of the gradient and of its square, η is the learning rate, λ the weight decay.',
  ],
];
