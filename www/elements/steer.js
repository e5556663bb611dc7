// Ways to have a say in what is drawn. One is shown at a time; each is in a file of its own.

import { html, nothing, unsafeCSS } from 'lit';
import { drawing } from '../drawing.js';
import { duration, whole } from '../format.js';
import { hole, painting } from '../hole.js';
import { strings, wordsOf } from '../language.js';
import { model } from '../model.js';
import { run } from '../run.js';
import { watchSeen } from '../seen.js';
import { settings } from '../settings.js';
import { sourcePicture } from '../source-picture.js';
import { steering } from '../steering.js';
import './control.js';
import './notice.js';
import './picture.js';
import { progressLine } from './progress.js';
import { Section } from './section.js';
import style from './steer.css' with { type: 'text' };
import { edit } from './steer-edit.js';
import { inpaint } from './steer-inpaint.js';
import { interpolate } from './steer-interpolate.js';
import { invert } from './steer-invert.js';
import { steerSource } from './steer-source.js';
import { variance } from './steer-variance.js';

/** @typedef {import('../steering.js').Result} Result */

/**
 * @typedef {object} View
 * @property {import('../properties.js').Name[]} controls
 * @property {boolean} [takesPicture]
 * @property {(result: Result | undefined) => unknown} stage
 * @property {(result: Result | undefined) => unknown} formula
 */

/** @type {Record<import('../steering.js').Way, View>} */
const VIEWS = { interpolate, invert, edit, inpaint, variance };

export class DiffusionSteer extends Section {
  static styles = [...Section.styles, unsafeCSS(style)];

  #seen = false;
  #unwatch = () => {};

  connectedCallback() {
    super.connectedCallback();
    this.adoptAttributes('steer');
    for (const store of [run, model, steering, sourcePicture, drawing, painting]) this.watch(store);
    this.listen('data', () => this.requestUpdate());
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
    const way = settings.get('steer');
    const view = VIEWS[way];
    const result = steering.results[way];
    return html`
      <figure>
        <div class="ways" role="group" aria-label=${strings.steer.decides}>
          ${Object.entries(wordsOf('steer').choices ?? {}).map(
            ([choice, words]) => html`<button
              type="button"
              aria-pressed=${choice === way ? 'true' : 'false'}
              @click=${() => this.#choose(choice)}
            >
              ${words}
            </button>`,
          )}
        </div>
        <p class="promise">${strings.steer.promises[way]}</p>
        ${view.takesPicture ? steerSource(way) : nothing}
        <div class="controls">${view.controls.map((name) => control(name, way))}</div>
        <div class="toolbar" role="group" aria-label=${strings.steer.group}>
          <button
            type="button"
            class="primary"
            ?disabled=${!model.exists || (!steering.running && missing(view, way) !== '')}
            @click=${() => (steering.running ? steering.cancel() : steering.begin(way))}
          >
            ${steering.running ? strings.steer.stop : strings.steer.buttons[way]}
          </button>
          <p class="status" role="status">${statusWords(view, way, result)}</p>
          ${progressLine(steering.running !== undefined, strings.steer.group, steering.share)}
        </div>
        <diffusion-notice place="steer"></diffusion-notice>
        <ul class="strips">${view.stage(result)}</ul>
      </figure>
      ${view.formula(result)}
    `;
  }

  updated() {
    if (this.#seen) sourcePicture.ask();
  }

  /** @param {string} way */
  #choose(way) {
    steering.cancel();
    settings.set('steer', way);
  }
}

/** @param {import('../properties.js').Name} name @param {import('../steering.js').Way} way */
function control(name, way) {
  let note = '';
  if ((name === 'steerClass' || name === 'steerGuidance') && !model.knowsClasses)
    note = strings.model.noClasses;
  // To noise and back, all digits are asked for.
  else if (name === 'steerGuidance' && way !== 'invert' && settings.get('steerClass') === 'none')
    note = strings.steer.noGuidance;
  return html`<diffusion-control name=${name} ?disabled=${note !== ''} note=${note}></diffusion-control>`;
}

/** What has to be there first. @param {View} view @param {import('../steering.js').Way} way */
function missing({ takesPicture }, way) {
  if (takesPicture && !sourcePicture.frames) {
    return settings.get('steerSource') === 'drawn' ? strings.steer.drawFirst : strings.steer.onTheirWay;
  }
  return way === 'inpaint' && !hole() ? strings.steer.paintFirst : '';
}

/** @param {View} view @param {import('../steering.js').Way} way @param {Result | undefined} result */
function statusWords(view, way, result) {
  if (steering.running) {
    const last = steering.results[steering.running]?.legs.at(-1)?.last;
    return last ? strings.steer.drawingStep(last.step, last.steps) : strings.steer.drawing;
  }
  if (!model.exists) return strings.steer.noNetwork;
  const first = missing(view, way);
  if (first) return first;
  if (result?.done) {
    const { modelCalls, seconds, cancelled } = result.done;
    const how = cancelled ? strings.model.stopped : strings.model.done;
    return strings.model.callsBy(how, whole(modelCalls), duration(seconds), result.by);
  }
  return model.ready(strings.model.untrained);
}

customElements.define('diffusion-steer', DiffusionSteer);
