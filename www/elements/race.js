// Two networks that learn from the same pictures at the same pace: which draws better, and sooner?

import { html, unsafeCSS } from 'lit';
import { classWords, dataSets } from '../data-sets.js';
import { download } from '../download.js';
import { raceCurves } from '../exports.js';
import { duration, fixed, three, whole } from '../format.js';
import { strings } from '../language.js';
import { NAMES, race } from '../race.js';
import { watchSeen } from '../seen.js';
import { settings } from '../settings.js';
import './control.js';
import './notice.js';
import './picture.js';
import { progressLine } from './progress.js';
import style from './race.css' with { type: 'text' };
import { lineOf } from './race-chart.js';
import { raceFormula } from './race-formula.js';
import { Section } from './section.js';

/** @typedef {import('../properties.js').Name} Name */
/** @typedef {typeof race.contenders[number]} Contender */

const CLASSES = Array.from({ length: 10 }, (_, index) => index);

function keepCurves() {
  const { name, content } = raceCurves();
  download(name, content);
}

/** What can be learned from a race. @type {{ name: keyof typeof strings.race.pairs, a: Partial<Choice>, b: Partial<Choice> }[]} */
const PAIRS = [
  { name: 'networks', a: {}, b: { Network: 'dit' } },
  { name: 'v', a: {}, b: { Prediction: 'v' } },
  { name: 'flow', a: {}, b: { Prediction: 'flow' } },
  { name: 'schedules', a: {}, b: { Schedule: 'cosine' } },
  { name: 'rate', a: {}, b: { Rate: 0.01 } },
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
        <div class="pairs" role="group" aria-label=${strings.race.pairsOf}>
          <p>${strings.race.let}</p>
          ${PAIRS.map(
            (pair) =>
              html`<button type="button" ?disabled=${busy} @click=${() => choose(pair)}>${strings.race.pairs[pair.name]}</button>`,
          )}
        </div>
        <div class="contenders">${race.contenders.map((contender, index) => this.#contender(contender, index))}</div>
        <div class="controls shared">
          ${['racePace', 'raceEvery', 'raceBatchSize', 'raceSeed'].map(
            (name) => html`<diffusion-control name=${name}></diffusion-control>`,
          )}
        </div>
        <div class="toolbar" role="group" aria-label=${strings.race.group}>
          <button type="button" class="primary" @click=${() => (busy ? race.pause() : race.start())}>
            ${busy ? strings.race.pause : step ? strings.race.goOn : strings.race.start}
          </button>
          <button type="button" ?disabled=${phase === 'none' || !(step || race.outdated)} @click=${() => this.#again(busy)}>${strings.race.anew}</button>
          <button type="button" ?disabled=${step === 0} @click=${keepCurves}>${strings.open.csv}</button>
          <p class="status" role="status">${statusWords()}</p>
          ${progressLine(phase === 'starting', strings.race.group)}
        </div>
        <diffusion-notice place="race" split="train"></diffusion-notice>
        <div class="charts">
          <div>
            <h3>${strings.race.loss}</h3>
            <diffusion-race-chart kind="loss" pace=${pace}></diffusion-race-chart>
            <p class="help">
              ${race.comparable ? strings.race.comparable : strings.race.incomparable}
            </p>
          </div>
          <div>
            <h3>${strings.race.error}</h3>
            <diffusion-race-chart kind="error" pace=${pace}></diffusion-race-chart>
            <p class="help">
              ${strings.race.errorHelp}
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
        ${entry(strings.race.weights, parameters ? whole(parameters) : undefined)} ${entry(strings.race.steps, whole(step))}
        ${entry(strings.race.time, seconds.length ? duration(seconds.at(-1) ?? 0) : undefined)}
        ${entry(strings.race.perSecond, stepsPerSecond ? three(stepsPerSecond) : undefined)}
        ${entry(strings.race.loss, loss === undefined ? undefined : fixed(loss, 4))}
        ${entry(strings.race.alike, look ? fixed(look.error, 4) : undefined)}
      </dl>
      <ul class="grid" aria-label=${strings.race.samplesOf(name)}>
        ${CLASSES.map(
          (digit) => html`<li>
            <diffusion-picture
              .frames=${look?.frames}
              .index=${digit}
              label=${look ? strings.race.sampleOf(name, classWords(classes, digit % classes.length), look.step) : strings.race.noSample}
            ></diffusion-picture>
          </li>`,
        )}
      </ul>
      <p class="help">
        ${look ? strings.race.after(whole(look.step), duration(look.seconds)) : strings.race.firstLook}
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
  if (race.outdated) return strings.race.changed;
  switch (race.phase) {
    case 'none':
      return strings.race.standing;
    case 'starting':
      return strings.race.ready;
    case 'running':
      return settings.get('racePace') === 'steps' ? strings.race.sameSteps : strings.race.sameTime;
    case 'paused':
      return race.step ? strings.race.paused(whole(race.step)) : strings.race.fresh;
  }
}

customElements.define('diffusion-race', DiffusionRace);
