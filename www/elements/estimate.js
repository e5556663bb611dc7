// What the network in training makes of the digit and the t that are chosen; nothing where there is no network.

import { css, html, nothing } from 'lit';
import { forwardSchedule } from '../configs.js';
import { dataSets, titleOf } from '../data-sets.js';
import { fixed, trainingSteps } from '../format.js';
import { strings } from '../language.js';
import { definitionOf, guessFormula } from '../predictions.js';
import { Question } from '../question.js';
import { run } from '../run.js';
import { watchSeen } from '../seen.js';
import './notice.js';
import './picture.js';
import { Section } from './section.js';

/** @typedef {import('../messages.js').MessageOf<'estimate'>} Estimate */

/** Where the network never saw anything like it. @param {import('../settings.js').Settings} settings */
function foreignPicture(settings) {
  if (settings.picture) return strings.estimate.ownPicture;
  const learned = run.config.data?.name;
  if (!learned || learned === dataSets.shown) return '';
  return strings.estimate.foreign(titleOf(learned));
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
    const t = this.settings.get('t');
    return html`<section aria-label=${strings.estimate.section}>
      <h3>${strings.estimate.head}</h3>
      ${t === 0 ? html`<p class="help">${strings.estimate.atZero}</p>` : this.#guess()}
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
        ${picture('mix', view?.xT, html`x<sub>t</sub>`, strings.estimate.sees)}
        ${picture('model', view?.epsHat, html`ε̂`, strings.estimate.guess)}
        ${picture('model', view?.x0Hat, html`x̂<sub>0</sub>`, strings.estimate.follows)}
      </div>
      ${formula(view, this.settings)}`;
  }

  updated() {
    const { settings } = this;
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

/** How one guess gives the other. @param {Estimate | undefined} view @param {import('../settings.js').Settings} settings */
function formula(view, settings) {
  const prediction = view?.prediction ?? run.config.prediction ?? 'epsilon';
  return html`<div class="formula">
    <math display="block">${guessFormula(prediction, view)}</math>
    <p class="reading">
      ${reading(view)} ${sameSchedule(settings) ? '' : strings.estimate.otherSchedule} ${foreignPicture(settings)} ${definitionOf(prediction)}
    </p>
  </div>`;
}

/** @param {Estimate | undefined} view */
const reading = (view) =>
  view
    ? strings.estimate.reading(trainingSteps(view.step), view.t, fixed(view.loss, 4))
    : strings.estimate.asking;

/** @param {import('../settings.js').Settings} settings */
const sameSchedule = (settings) =>
  run.config.prediction !== 'flow' &&
  JSON.stringify(run.config.schedule) === JSON.stringify(forwardSchedule(settings));

customElements.define('diffusion-estimate', DiffusionEstimate);
