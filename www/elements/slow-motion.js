// One training step, part by part, by one example of its batch.

import { html, nothing, unsafeCSS } from 'lit';
import { classWords } from '../data-sets.js';
import { fixed, whole } from '../format.js';
import { definitions, targets } from '../predictions.js';
import { run } from '../run.js';
import { slowMotion } from '../slow-motion.js';
import './notice.js';
import './picture.js';
import { Section } from './section.js';
import style from './slow-motion.css' with { type: 'text' };
import { slowMotionFormula } from './slow-motion-formula.js';

/** @typedef {import('../slow-motion.js').SlowStep} SlowStep */
/** @typedef {import('../predictions.js').Prediction} Prediction */

const PARTS = ['Sample', 'Noise', 'Predict', 'Loss', 'Update'];

/** @type {Record<Prediction, unknown>} */
const GUESSES = { epsilon: 'ε̂', sample: html`x̂<sub>0</sub>`, v: 'v̂', flow: 'û' };
/** @type {Record<Prediction, string>} */
const NOUNS = { epsilon: 'the noise', sample: 'the image', v: 'v', flow: 'the velocity u' };
/** @type {Record<Prediction, string>} */
const SAYS = {
  epsilon: 'which noise it believes was added',
  sample: 'which image it believes is underneath',
  v: 'which v it believes belongs to it',
  flow: 'which way it believes leads from the image to the noise',
};

/** From which part on each picture is there: those of a prediction. @param {Prediction} prediction */
const picturesOf = (prediction) => [
  { part: 0, ink: 'data', name: 'x0', symbol: html`x<sub>0</sub>`, words: 'the image' },
  { part: 1, ink: 'noise', name: 'eps', symbol: 'ε', words: 'the noise' },
  { part: 1, ink: 'mix', name: 'xT', symbol: html`x<sub>t</sub>`, words: 'what the network sees' },
  ...(definitions[prediction]
    ? [
        {
          part: 1,
          ink: 'mix',
          name: 'target',
          symbol: targets[prediction].letter,
          words: 'what it is to say',
        },
      ]
    : []),
  {
    part: 2,
    ink: 'model',
    name: 'output',
    symbol: GUESSES[prediction],
    words: `its guess at ${NOUNS[prediction]}`,
  },
  { part: 3, ink: '', name: 'squaredError', symbol: '', words: 'squared error: black 0, white 4' },
  {
    part: 4,
    ink: 'model',
    name: 'outputAfter',
    symbol: GUESSES[prediction],
    words: 'its guess after the step',
  },
  { part: 4, ink: '', name: 'squaredErrorAfter', symbol: '', words: 'squared error after the step' },
];

export class DiffusionSlowMotion extends Section {
  static properties = { shown: { state: true } };
  static styles = [...Section.styles, unsafeCSS(style)];

  constructor() {
    super();
    /** How far the step is shown. */
    this.shown = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(run);
    this.watch(slowMotion);
  }

  render() {
    const { view } = slowMotion;
    const busy = run.phase === 'starting' || run.phase === 'stepping';
    const pictures = picturesOf(view?.prediction ?? run.config.prediction ?? 'epsilon');
    return html`
      <figure>
        <div class="toolbar" role="group" aria-label="One step in slow motion">
          <button type="button" class="primary" ?disabled=${busy} @click=${this.#take}>
            ${view ? 'Take another step' : 'Take a step'}
          </button>
          <button type="button" ?disabled=${!view || this.shown === 0} @click=${() => (this.shown -= 1)}>Back</button>
          <button
            type="button"
            ?disabled=${!view || this.shown === PARTS.length - 1}
            @click=${() => (this.shown += 1)}
          >
            Next
          </button>
          <p class="status" role="status">${view ? words(view, this.shown) : waiting(busy)}</p>
        </div>
        <diffusion-notice place="slowMotion"></diffusion-notice>
        <ol class="parts" aria-label="Parts of the step">
          ${PARTS.map(
            (name, part) => html`<li>
              <button
                type="button"
                aria-current=${view && part === this.shown ? 'step' : nothing}
                ?disabled=${!view}
                @click=${() => (this.shown = part)}
              >
                ${part + 1} ${name}
              </button>
            </li>`,
          )}
        </ol>
        <ul class="pictures" style="--count: ${pictures.length}">
          ${pictures.map(({ part, ink, name, symbol, words }) => {
            const frames = view && part <= this.shown ? /** @type {any} */ (view)[name] : undefined;
            return html`<li class=${part === this.shown && view ? 'new' : ''}>
              <diffusion-picture class=${ink || 'plain'} .frames=${frames} label=${frames ? words : `Not there yet: ${words}`}>
              </diffusion-picture>
              <p class="name"><b class=${ink}>${symbol}</b> ${words}</p>
            </li>`;
          })}
        </ul>
      </figure>
      ${slowMotionFormula(view, this.shown)}
    `;
  }

  #take() {
    this.shown = 0;
    run.slowStep();
  }
}

/** @param {boolean} busy */
const waiting = (busy) =>
  busy
    ? 'Taking the step. The first one takes longest.'
    : 'A real step of the run above: it counts, and the run pauses for it.';

/** @param {SlowStep} view @param {number} part */
function words(view, part) {
  const digit =
    view.label === undefined
      ? 'What it shows, the network is not told this time'
      : `It is told: ${classWords(run.classes, view.label)}`;
  switch (part) {
    case 0:
      return `Step ${whole(view.step)}. Of the ${whole(view.batchSize)} images of its batch, this is the first. ${digit}.`;
    case 1:
      return `A random timestep, t = ${view.t}, and random noise. Together they make what the network sees.`;
    case 2:
      return `The network sees the mix, t and the class, and says ${SAYS[view.prediction]}.`;
    case 3:
      return `Pixel by pixel the guess is compared with ${NOUNS[view.prediction]}: ${fixed(view.exampleLoss, 4)} is the mean here, ${fixed(view.loss, 4)} that of the whole batch.`;
    default:
      return `The weights have moved a little downhill. Asked again, the network errs by ${fixed(view.exampleLossAfter, 4)} instead of ${fixed(view.exampleLoss, 4)}.`;
  }
}

customElements.define('diffusion-slow-motion', DiffusionSlowMotion);
