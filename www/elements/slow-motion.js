// One training step, part by part, by one example of its batch.

import { html, nothing, unsafeCSS } from 'lit';
import { classWords } from '../data-sets.js';
import { fixed, whole } from '../format.js';
import { strings } from '../language.js';
import { definitionOf, targets } from '../predictions.js';
import { run } from '../run.js';
import { slowMotion } from '../slow-motion.js';
import './notice.js';
import './picture.js';
import { progressLine } from './progress.js';
import { Section } from './section.js';
import style from './slow-motion.css' with { type: 'text' };
import { slowMotionFormula } from './slow-motion-formula.js';

/** @typedef {import('../slow-motion.js').SlowStep} SlowStep */
/** @typedef {import('../predictions.js').Prediction} Prediction */

/** Sample, noise, predict, loss, update. */
const PARTS = 5;

/** @type {Record<Prediction, unknown>} */
const GUESSES = { epsilon: 'ε̂', sample: html`x̂<sub>0</sub>`, v: 'v̂', flow: 'û' };

/** From which part on each picture is there: those of a prediction. @param {Prediction} prediction */
const picturesOf = (prediction) => [
  { part: 0, ink: 'data', name: 'x0', symbol: html`x<sub>0</sub>`, words: strings.slowMotion.image },
  { part: 1, ink: 'noise', name: 'eps', symbol: 'ε', words: strings.slowMotion.noise },
  { part: 1, ink: 'mix', name: 'xT', symbol: html`x<sub>t</sub>`, words: strings.slowMotion.sees },
  ...(definitionOf(prediction)
    ? [
        {
          part: 1,
          ink: 'mix',
          name: 'target',
          symbol: targets[prediction].letter,
          words: strings.slowMotion.toSay,
        },
      ]
    : []),
  {
    part: 2,
    ink: 'model',
    name: 'output',
    symbol: GUESSES[prediction],
    words: strings.slowMotion.guess(strings.slowMotion.nouns[prediction]),
  },
  { part: 3, ink: '', name: 'squaredError', symbol: '', words: strings.slowMotion.error },
  {
    part: 4,
    ink: 'model',
    name: 'outputAfter',
    symbol: GUESSES[prediction],
    words: strings.slowMotion.guessAfter,
  },
  { part: 4, ink: '', name: 'squaredErrorAfter', symbol: '', words: strings.slowMotion.errorAfter },
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
        <div class="toolbar" role="group" aria-label=${strings.slowMotion.group}>
          <button type="button" class="primary" ?disabled=${busy} @click=${this.#take}>
            ${view ? strings.slowMotion.another : strings.slowMotion.take}
          </button>
          <button type="button" ?disabled=${!view || this.shown === 0} @click=${() => (this.shown -= 1)}>${strings.slowMotion.back}</button>
          <button
            type="button"
            ?disabled=${!view || this.shown === PARTS - 1}
            @click=${() => (this.shown += 1)}
          >
            ${strings.slowMotion.next}
          </button>
          <p class="status" role="status">${view ? words(view, this.shown) : waiting(busy)}</p>
          ${progressLine(busy, strings.slowMotion.group)}
        </div>
        <diffusion-notice place="slowMotion"></diffusion-notice>
        <ol class="parts" aria-label=${strings.slowMotion.partsOf}>
          ${strings.slowMotion.parts.map(
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
              <diffusion-picture class=${ink || 'plain'} .frames=${frames} label=${frames ? words : strings.slowMotion.notYet(words)}>
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
const waiting = (busy) => (busy ? strings.slowMotion.taking : strings.slowMotion.waiting);

/** @param {SlowStep} view @param {number} part */
function words(view, part) {
  const digit =
    view.label === undefined
      ? strings.slowMotion.untold
      : strings.slowMotion.told(classWords(run.classes, view.label));
  switch (part) {
    case 0:
      return strings.slowMotion.first(whole(view.step), whole(view.batchSize), digit);
    case 1:
      return strings.slowMotion.second(view.t);
    case 2:
      return strings.slowMotion.third(strings.slowMotion.says[view.prediction]);
    case 3:
      return strings.slowMotion.fourth(
        strings.slowMotion.nouns[view.prediction],
        fixed(view.exampleLoss, 4),
        fixed(view.loss, 4),
      );
    default:
      return strings.slowMotion.fifth(fixed(view.exampleLossAfter, 4), fixed(view.exampleLoss, 4));
  }
}

customElements.define('diffusion-slow-motion', DiffusionSlowMotion);
