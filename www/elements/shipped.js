// The trained networks that come with the page, each with its card: one click opens it.

import { html, unsafeCSS } from 'lit';
import { compact, fixed, megabytes, sentence, whole } from '../format.js';
import { fill, strings } from '../language.js';
import { model } from '../model.js';
import { settings } from '../settings.js';
import { models, shipped } from '../shipped.js';
import { PlaygroundElement } from './element.js';
import style from './shipped.css' with { type: 'text' };

/** @typedef {import('../shipped.js').ShippedModel} ShippedModel */

/** @type {Record<string, string>} */
const SAMPLERS = {
  ddim: 'DDIM',
  ddpm: 'DDPM',
  'dpm-solver': 'DPM-Solver++',
  euler: 'Euler',
  heun: 'Heun',
  unipc: 'UniPC',
};

export class DiffusionShipped extends PlaygroundElement {
  static styles = [...PlaygroundElement.styles, unsafeCSS(style)];

  connectedCallback() {
    super.connectedCallback();
    this.watch(model);
    this.watch(shipped);
  }

  render() {
    return html`<ul>
      ${models.map((card) => this.#card(card))}
    </ul>`;
  }

  /** @param {ShippedModel} card */
  #card(card) {
    const draws = shipped.current?.name === card.name;
    const failed = shipped.problem !== undefined && shipped.wanted?.name === card.name;
    /** @param {string} term @param {unknown} value */
    const entry = (term, value) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
    return html`<li>
      <section aria-labelledby="name-${card.name}">
        <h3 id="name-${card.name}">${card.label}</h3>
        <dl>
          ${entry(strings.open.learnedFrom, strings.open.learned(card.dataSet, whole(card.trainingSteps)))}
          ${entry(
            strings.open.network,
            fill(strings.open.presetWeights, {
              preset: html`<code>${card.preset}</code>`,
              weights: compact(card.parameters),
            }),
          )}
          ${entry(strings.open.download, `${megabytes(card.bytes)} MB`)} ${entry(strings.open.licence, card.licence)}
        </dl>
        ${figures(card)}
        <button
          type="button"
          aria-describedby="name-${card.name}"
          ?disabled=${draws}
          @click=${() => this.#choose(card)}
        >
          ${draws ? strings.open.drawsNow : strings.open.openThis}
        </button>
        <p class="complaint" role="alert">${failed ? strings.open.notOpened(shipped.problem && sentence(shipped.problem)) : ''}</p>
      </section>
    </li>`;
  }

  /** @param {ShippedModel} card */
  #choose({ name }) {
    settings.set('model', /** @type {'mnist-unet'} */ (name));
    shipped.open(name);
  }
}

/** @param {ShippedModel} card */
function figures({ figures }) {
  const [first] = figures;
  if (!first) return html`<p class="help">${strings.open.unmeasured}</p>`;
  const accuracies = figures.map(({ accuracy }) => fixed(100 * accuracy, 1));
  accuracies.sort((a, b) => Number(a) - Number(b));
  return html`<details>
    <summary>${strings.open.figures(accuracies[0], accuracies[accuracies.length - 1])}</summary>
    <table>
      <thead>
        <tr><th scope="col">${strings.open.sampler}</th><th scope="col">w</th><th scope="col">${strings.open.asAsked}</th><th scope="col">${strings.open.frechet}</th></tr>
      </thead>
      <tbody>
        ${figures.toSorted(byKind).map(
          (row) => html`<tr>
            <th scope="row">${strings.open.samplerSteps(SAMPLERS[row.sampler] ?? row.sampler, row.steps)}</th>
            <td>${row.guidanceScale}</td>
            <td>${strings.open.share(fixed(100 * row.accuracy, 1), whole(row.count))}</td>
            <td>${fixed(row.frechetDistance, 2)} (${fixed(row.frechetFloor, 2)})</td>
          </tr>`,
        )}
      </tbody>
    </table>
    <p class="help">
      ${strings.open.legend}
    </p>
  </details>`;
}

/**
 * By sampler, its most steps first, and then by guidance.
 * @param {import('../shipped.js').ShippedModel['figures'][number]} a
 * @param {import('../shipped.js').ShippedModel['figures'][number]} b
 */
const byKind = (a, b) =>
  a.sampler.localeCompare(b.sampler) || b.steps - a.steps || a.guidanceScale - b.guidanceScale;

customElements.define('diffusion-shipped', DiffusionShipped);
