// The formula of each part of a training step, with its numbers.

import { html, mathml } from 'lit';
import { fixed, three } from '../format.js';
import { strings } from '../language.js';
import { fraction, indexed, number, sign, symbol } from '../math.js';
import { definitionOf, targets } from '../predictions.js';
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
      mathml`<mtext>${strings.slowMotion.data}</mtext>`,
      sign(','),
      symbol('c'),
      sign('='),
      number(view ? `${view.label ?? '∅'}` : '…', 'data'),
    ],
    strings.slowMotion.withheld,
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
      ? strings.slowMotion.flowPath(definitionOf('flow'))
      : strings.slowMotion.firstFormula(definitionOf(predicted(view))),
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
    strings.slowMotion.moment,
  ],
  (view) => [
    [
      fraction(number('1'), number('784')),
      mathml`<msup><mrow>${norm([targets[predicted(view)].symbol, sign('−'), targets[predicted(view)].guess])}</mrow><mn>2</mn></msup>`,
      sign('='),
      live(view?.exampleLoss, 'model'),
    ],
    view
      ? strings.slowMotion.meanOver(view.batchSize, fixed(view.loss, 4))
      : strings.slowMotion.meanOverBatch,
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
    view ? adam(view) : strings.slowMotion.adam,
  ],
];

/** The update in words. @param {SlowStep} view */
function adam({ learningRate, weightDecay, gradNorm, gradClip, weightsNorm }) {
  const { adamWith, adamClipped } = strings.slowMotion;
  const sentence = gradNorm > gradClip ? adamClipped : adamWith;
  return sentence(
    three(learningRate),
    three(weightDecay),
    three(gradNorm),
    three(weightsNorm),
    three(gradClip),
  );
}
