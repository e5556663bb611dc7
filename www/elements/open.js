// A model from elsewhere: dropped on the page, chosen, or fetched from an address.

import { html, nothing, unsafeCSS } from 'lit';
import { chooseFiles } from '../drop-zone.js';
import { chosenFiles, droppedFiles } from '../dropped-files.js';
import { megabytes, sentence, whole } from '../format.js';
import { fill, strings } from '../language.js';
import { model } from '../model.js';
import { nameOf } from '../predictions.js';
import { PlaygroundElement } from './element.js';
import style from './open.css' with { type: 'text' };

/** @typedef {import('../messages.js').MessageOf<'opened'>} Opened */

/** The name that diffusers gives to weights, beside which lie their texts. */
const PUBLISHED = 'diffusion_pytorch_model.safetensors';

export class DiffusionOpen extends PlaygroundElement {
  static properties = { hovering: { state: true } };
  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  constructor() {
    super();
    /** Files are held over the page. */
    this.hovering = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(model);
    for (const [type, listener] of this.#listeners) document.addEventListener(type, listener);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const [type, listener] of this.#listeners) document.removeEventListener(type, listener);
  }

  render() {
    return html`
      <figure>
        <div class=${this.hovering ? 'zone hovering' : 'zone'}>
          <p>${strings.open.drop}</p>
          <div class="buttons">
            <button type="button" @click=${() => this.#choose(false)}>${strings.open.files}</button>
            <button type="button" @click=${() => this.#choose(true)}>${strings.open.folder}</button>
          </div>
        </div>
        <form @submit=${this.#fetch}>
          <label for="url">${strings.open.address}</label>
          <div class="field">
            <input id="url" type="url" required placeholder="https://…/${PUBLISHED}" />
            <button>${strings.open.openIt}</button>
          </div>
        </form>
        <div role="status">${this.#progress()}</div>
        ${this.#problem()} ${model.unfit ? about(model.unfit) : nothing} ${model.opened ? about(model.opened) : nothing}
      </figure>
    `;
  }

  #progress() {
    const { opening } = model;
    if (!opening) return nothing;
    const { received = 0, total = undefined, tensor = undefined } = opening === 'beginning' ? {} : opening;
    return html`<div class="progress">
      <label for="progress">
        ${
          total
            ? strings.open.readingOf(megabytes(received), megabytes(total))
            : strings.open.reading(megabytes(received))
        }${tensor ? `, ${tensor}` : ''}
      </label>
      <progress id="progress" max=${total ?? nothing} value=${total ? received : nothing}></progress>
      <button type="button" @click=${() => model.cancel()}>${strings.open.cancel}</button>
    </div>`;
  }

  #problem() {
    if (model.problem === undefined) return nothing;
    return html`<div class="box" role="alert">
      <p>${strings.open.problem(sentence(model.problem))}</p>
      <button type="button" @click=${() => model.complain(undefined)}>${strings.open.dismiss}</button>
    </div>`;
  }

  /** @param {boolean} folder */
  #choose(folder) {
    chooseFiles({ multiple: true, folder }, (files) => model.open({ files: chosenFiles(files) }));
  }

  /** @param {SubmitEvent} event */
  #fetch(event) {
    event.preventDefault();
    const url = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('#url')).value;
    const isPublished = new URL(url).pathname.endsWith(`/${PUBLISHED}`);
    const beside = (/** @type {string} */ path) => (isPublished ? new URL(path, url).href : undefined);
    model.open({
      url,
      config: beside('config.json'),
      scheduler: beside('../scheduler/scheduler_config.json'),
    });
  }

  /** @type {[string, (event: any) => void][]} */
  #listeners = [
    ['dragover', (event) => this.#over(event)],
    ['dragleave', (event) => event.relatedTarget || this.#hover(false)],
    ['drop', (event) => this.#drop(event)],
  ];

  /** @param {boolean} hovering */
  #hover(hovering) {
    this.hovering = hovering;
  }

  /** @param {DragEvent} event */
  #over(event) {
    // What is held over a zone of its own is meant for that.
    if (event.defaultPrevented) return this.#hover(false);
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.#hover(true);
  }

  /** @param {DragEvent} event */
  async #drop(event) {
    this.#hover(false);
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.scrollIntoView({ block: 'center', behavior: still ? 'auto' : 'smooth' });
    try {
      await model.open({ files: await droppedFiles(event.dataTransfer) });
    } catch (error) {
      model.complain(error instanceof Error ? error.message : `${error}`);
    }
  }
}

/** @param {number} channels */
function colours(channels) {
  const { grey, colour } = strings.open;
  return { 1: grey, 3: colour }[channels] ?? strings.open.channels(channels);
}

/** What was opened. @param {Opened} opened */
function about(opened) {
  const {
    name,
    className,
    parameters,
    tensors,
    image,
    latents,
    classes,
    prediction,
    run,
    warnings,
    obstacle,
  } = opened;
  const [channels, height, width] = image;
  /** @param {string} term @param {string} value */
  const entry = (term, value) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
  /** @type {Record<string, string>} */
  const networks = strings.properties.preset.choices;
  const network = networks[run?.config.preset ?? ''] ?? className;
  return html`<section class="about" aria-label=${strings.open.opened}>
    <p class="headline">
      ${fill(obstacle ? strings.open.obstacle : strings.open.draws, {
        name: html`<b>${name}</b>`,
        why: obstacle && strings.format.said(obstacle),
      })}
    </p>
    <dl class="numbers">
      ${entry(strings.open.network, network)} ${entry(strings.open.weights, whole(parameters))} ${entry(strings.open.tensors, whole(tensors))}
      ${entry(strings.open.pictures, `${width} × ${height}, ${colours(channels)}`)}
      ${entry(strings.open.classes, classes ? whole(classes) : strings.open.none)} ${entry(strings.open.predicts, nameOf(prediction))}
      ${latents ? entry(strings.open.decoded, `${latents[2]} × ${latents[1]}, ${strings.open.channels(latents[0])}`) : nothing}
      ${run ? entry(strings.open.steps, whole(run.step)) : nothing}
    </dl>
    ${
      warnings.length
        ? html`<ul class="warnings" aria-label=${strings.open.warnings}>${warnings.map((warning) => html`<li>${sentence(warning)}</li>`)}</ul>`
        : nothing
    }
    ${
      obstacle
        ? nothing
        : html`<div class="buttons">
            ${run && !latents ? html`<button type="button" @click=${() => model.resume()}>${strings.open.goOn}</button>` : nothing}
            <button type="button" @click=${() => model.close()}>${strings.open.close}</button>
          </div>`
    }
  </section>`;
}

customElements.define('diffusion-open', DiffusionOpen);
