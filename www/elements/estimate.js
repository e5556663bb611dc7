// What the network in training makes of the digit and the t that are chosen; nothing where there is no network.

import { css, html, nothing } from 'lit';
import { forwardSchedule } from '../configs.js';
import { dataSets, titleOf } from '../data-sets.js';
import { fixed, trainingSteps } from '../format.js';
import { definitions, guessFormula } from '../predictions.js';
import { Question } from '../question.js';
import { run } from '../run.js';
import { watchSeen } from '../seen.js';
import { settings } from '../settings.js';
import './notice.js';
import './picture.js';
import { Section } from './section.js';

/** @typedef {import('../messages.js').MessageOf<'estimate'>} Estimate */

const OTHER_SCHEDULE =
  'It was trained with another noise schedule than the one above, and sees the digit with its own.';

/** Where the network never saw anything like it. */
function foreignPicture() {
  if (settings.picture) return 'It is asked about a picture of your own, without being told a class.';
  const learned = run.config.data?.name;
  if (!learned || learned === dataSets.shown) return '';
  return `It learned from ${titleOf(learned)}: this picture is of another kind, and it is told no class.`;
}

const question = new Question('estimate', 'estimate');

export class DiffusionEstimate extends Section {
  static properties = { view: { state: true } };

  static styles = [
    ...Section.styles,
    css`
      :host {
        display: block;
        min-height: 1px;
      }
      section {
        margin-top: 2rem;
        padding-top: 1.25rem;
        border-top: 1px solid var(--line);
      }
      .pictures {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 0.75rem 2rem;
        margin-top: 0.75rem;
        --scale: 5;
      }
      @media (width < 760px) {
        .pictures {
          gap: 0.5rem;
          --scale: 4;
        }
      }
      @media (width < 480px) {
        .pictures {
          --scale: 3;
        }
      }
      .pictures > div {
        max-width: min-content;
      }
    `,
  ];

  #seen = false;
  #unwatch = () => {};

  constructor() {
    super();
    /** @type {Estimate | undefined} */
    this.view = undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(run);
    this.watch(dataSets);
    this.listen('estimate', (view) => {
      this.view = view;
    });
    this.listen('run', () => {
      this.view = undefined;
    });
    this.#unwatch = watchSeen(this, (seen) => {
      this.#seen = seen;
      this.requestUpdate();
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#unwatch();
  }

  render() {
    if (!run.takesImages) return nothing;
    const t = settings.get('t');
    return html`<section aria-label="What the network makes of it">
      <h3>What the network of section two makes of it</h3>
      ${t === 0 ? html`<p class="help">At t = 0 there is no noise to find, and the network is never asked.</p>` : this.#guess()}
      <diffusion-notice place="estimate"></diffusion-notice>
    </section>`;
  }

  #guess() {
    const { view } = this;
    /** @param {string} ink @param {Estimate['xT'] | undefined} frames @param {unknown} symbol @param {string} words */
    const picture = (ink, frames, symbol, words) => html`<div>
      <diffusion-picture class=${ink} .frames=${frames} label=${words}></diffusion-picture>
      <p class="name"><b class=${ink}>${symbol}</b> ${words}</p>
    </div>`;
    return html`<div class="pictures">
        ${picture('mix', view?.xT, html`x<sub>t</sub>`, 'what it sees')}
        ${picture('model', view?.epsHat, html`ε̂`, 'its guess at the noise')}
        ${picture('model', view?.x0Hat, html`x̂<sub>0</sub>`, 'the picture that follows')}
      </div>
      ${formula(view)}`;
  }

  updated() {
    if (!this.#seen || settings.get('t') === 0) return;
    question.ask({
      type: 'estimate',
      image: settings.get('image'),
      own: settings.picture,
      t: settings.get('t'),
      noiseSeed: settings.get('noiseSeed'),
    });
  }
}

/** How one guess gives the other. @param {Estimate | undefined} view */
function formula(view) {
  const prediction = view?.prediction ?? run.config.prediction ?? 'epsilon';
  return html`<div class="formula">
    <math display="block">${guessFormula(prediction, view)}</math>
    <p class="reading">
      ${reading(view)} ${sameSchedule() ? '' : OTHER_SCHEDULE} ${foreignPicture()} ${definitions[prediction]}
    </p>
  </div>`;
}

/** @param {Estimate | undefined} view */
const reading = (view) =>
  view
    ? `After ${trainingSteps(view.step)}, at t = ${view.t}: the mean squared error of the noise is ${fixed(view.loss, 4)}.`
    : 'The network is being asked.';

const sameSchedule = () =>
  run.config.prediction !== 'flow' &&
  JSON.stringify(run.config.schedule) === JSON.stringify(forwardSchedule());

customElements.define('diffusion-estimate', DiffusionEstimate);
