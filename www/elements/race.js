// Two networks that learn from the same pictures at the same pace: which draws better, and sooner?

import { html, unsafeCSS } from 'lit';
import { classWords, dataSets } from '../data-sets.js';
import { duration, fixed, three, whole } from '../format.js';
import { NAMES, race } from '../race.js';
import { watchSeen } from '../seen.js';
import { settings } from '../settings.js';
import './control.js';
import './notice.js';
import './picture.js';
import style from './race.css' with { type: 'text' };
import { lineOf } from './race-chart.js';
import { raceFormula } from './race-formula.js';
import { Section } from './section.js';

/** @typedef {import('../properties.js').Name} Name */
/** @typedef {typeof race.contenders[number]} Contender */

const CLASSES = Array.from({ length: 10 }, (_, index) => index);

/** What can be learned from a race. @type {{ words: string, a: Partial<Choice>, b: Partial<Choice> }[]} */
const PAIRS = [
  { words: 'U-Net and transformer', a: {}, b: { Network: 'dit' } },
  { words: 'ε and v', a: {}, b: { Prediction: 'v' } },
  { words: 'ε and a flow', a: {}, b: { Prediction: 'flow' } },
  { words: 'two schedules', a: {}, b: { Schedule: 'cosine' } },
  { words: 'a rate ten times as large', a: {}, b: { Rate: 0.01 } },
];

/** @typedef {{ Network: string, Prediction: string, Schedule: string, Rate: number }} Choice */
/** @type {Choice} */
const USUAL = { Network: 'unet', Prediction: 'epsilon', Schedule: 'linear', Rate: 0.001 };

export class DiffusionRace extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  #endWatch = () => {};

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('race');
    this.watch(race);
    this.#endWatch = watchSeen(this, (seen) => race.see(seen));
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#endWatch();
    race.see(false);
  }

  render() {
    const { busy, step, phase } = race;
    const pace = settings.get('racePace');
    return html`
      <figure>
        <div class="pairs" role="group" aria-label="Pairs to try">
          <p>Let race:</p>
          ${PAIRS.map(
            (pair) =>
              html`<button type="button" ?disabled=${busy} @click=${() => choose(pair)}>${pair.words}</button>`,
          )}
        </div>
        <div class="contenders">${race.contenders.map((contender, index) => this.#contender(contender, index))}</div>
        <div class="controls shared">
          ${['racePace', 'raceEvery', 'raceBatchSize', 'raceSeed'].map(
            (name) => html`<diffusion-control name=${name}></diffusion-control>`,
          )}
        </div>
        <div class="toolbar" role="group" aria-label="Race">
          <button type="button" class="primary" @click=${() => (busy ? race.pause() : race.start())}>
            ${busy ? 'Pause' : step ? 'Go on' : 'Start the race'}
          </button>
          <button type="button" ?disabled=${phase === 'none' || !(step || race.outdated)} @click=${() => this.#again(busy)}>Start anew</button>
          <p class="status" role="status">${statusWords()}</p>
        </div>
        <diffusion-notice place="race" split="train"></diffusion-notice>
        <div class="charts">
          <div>
            <h3>Loss, smoothed</h3>
            <diffusion-race-chart kind="loss" pace=${pace}></diffusion-race-chart>
            <p class="help">
              ${
                race.comparable
                  ? 'Both are errors of the same thing at the same noise levels: the lower line is ahead.'
                  : 'These two are errors of different things, or at different noise levels. Do not compare their heights: the other chart asks both the same.'
              }
            </p>
          </div>
          <div>
            <h3>Error on test images, measured alike</h3>
            <diffusion-race-chart kind="error" pace=${pace}></diffusion-race-chart>
            <p class="help">
              Whatever a network predicts, its answer gives a guess at the noise. The formula below says how the error of
              that guess is measured: the lower line is ahead.
            </p>
          </div>
        </div>
      </figure>
      ${raceFormula()}
    `;
  }

  /** @param {Contender} contender @param {number} index */
  #contender(contender, index) {
    const { parameters, step, seconds, stepsPerSecond, smoothed, look } = contender;
    const classes = dataSets.classesOf(contender.config.data);
    const name = NAMES[index];
    const loss = smoothed.at(-1);
    /** @param {string} what @param {string | undefined} value */
    const entry = (what, value) => html`<div><dt>${what}</dt><dd>${value ?? '–'}</dd></div>`;
    return html`<fieldset>
      <legend>${name} ${lineOf(index)}</legend>
      <div class="controls">
        ${['Network', 'Prediction', 'Schedule', 'Rate'].map(
          (part) => html`<diffusion-control name=${`race${part}${name}`}></diffusion-control>`,
        )}
      </div>
      <dl class="numbers">
        ${entry('Weights', parameters ? whole(parameters) : undefined)} ${entry('Training steps', whole(step))}
        ${entry('Time spent on them', seconds.length ? duration(seconds.at(-1) ?? 0) : undefined)}
        ${entry('Steps per second', stepsPerSecond ? three(stepsPerSecond) : undefined)}
        ${entry('Loss, smoothed', loss === undefined ? undefined : fixed(loss, 4))}
        ${entry('Error, measured alike', look ? fixed(look.error, 4) : undefined)}
      </dl>
      <ul class="grid" aria-label="Samples of ${name}">
        ${CLASSES.map(
          (digit) => html`<li>
            <diffusion-picture
              .frames=${look?.frames}
              .index=${digit}
              label=${look ? `Sample of ${name} for ${classWords(classes, digit % classes.length)} after ${look.step} steps` : 'No sample yet'}
            ></diffusion-picture>
          </li>`,
        )}
      </ul>
      <p class="help">
        ${
          look
            ? `After ${whole(look.step)} steps and ${duration(look.seconds)}: one of each class, from the same noise as the other’s.`
            : 'Samples come at the first look, from the same noise for both.'
        }
      </p>
    </fieldset>`;
  }

  /** @param {boolean} goOn */
  #again(goOn) {
    if (goOn) race.pause();
    race.begin();
    if (goOn) race.start();
  }
}

/** @param {typeof PAIRS[number]} pair */
function choose({ a, b }) {
  const both = { A: { ...USUAL, ...a }, B: { ...USUAL, ...b } };
  for (const name of NAMES) {
    for (const [part, value] of Object.entries(both[name])) {
      settings.set(/** @type {Name} */ (`race${part}${name}`), value);
    }
  }
}

function statusWords() {
  if (race.outdated) return 'Settings changed: start anew to apply them.';
  switch (race.phase) {
    case 'none':
      return 'Both stand at the start. Out of sight, the race waits.';
    case 'starting':
      return 'Getting ready. The first step of each takes longest, and its time does not count.';
    case 'running':
      return settings.get('racePace') === 'steps'
        ? 'Both take the same number of steps.'
        : 'Both train for the same time.';
    case 'paused':
      return race.step ? `Paused after ${whole(race.step)} steps.` : 'Fresh weights for both.';
  }
}

customElements.define('diffusion-race', DiffusionRace);
