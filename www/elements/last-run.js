// The network of the last visit, to go on with. It draws by itself where the page's own network does not arrive.

import { css, html, nothing } from 'lit';
import { megabytes, whole } from '../format.js';
import { language, strings, wordsOf } from '../language.js';
import { lastRun } from '../last-run.js';
import { model } from '../model.js';
import { shipped } from '../shipped.js';
import { PlaygroundElement } from './element.js';

export class DiffusionLastRun extends PlaygroundElement {
  static styles = [
    ...PlaygroundElement.styles,
    css`
      .kept {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
        margin: 0 0 1.5rem;
        padding: 1rem 1.25rem;
        border: 1px solid var(--faint);
        border-radius: 8px;
      }
      p {
        flex: 1 1 20rem;
        margin: 0;
      }
    `,
  ];

  #tried = false;

  connectedCallback() {
    super.connectedCallback();
    this.watch(lastRun);
    this.watch(model);
    this.watch(shipped);
  }

  render() {
    const { card } = lastRun;
    if (!card) return nothing;
    const name = wordsOf('preset').choices?.[card.preset] ?? card.preset;
    const date = new Date(card.at).toLocaleDateString(language, { day: 'numeric', month: 'long' });
    return html`<div class="kept" role="group" aria-label=${strings.open.lastName}>
      <p>${strings.open.last(name, whole(card.step), date, megabytes(card.bytes))}</p>
      <button type="button" ?disabled=${!!model.opening} @click=${open}>${strings.open.openLast}</button>
      <button type="button" @click=${() => lastRun.forget()}>${strings.open.forgetLast}</button>
    </div>`;
  }

  updated() {
    if (lastRun.card && shipped.problem !== undefined && !model.exists && !model.opening && !this.#tried) {
      this.#tried = true;
      open();
    }
  }
}

const open = () => lastRun.open(strings.open.lastName);

customElements.define('diffusion-last-run', DiffusionLastRun);
