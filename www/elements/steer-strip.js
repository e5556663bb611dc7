// A row of pictures with what they are, and a line under each.

import { html } from 'lit';
import './picture.js';

/** @typedef {import('../../pkg/diffusion_playground.js').Frames} Frames */

/** The pictures of a leg so far: the network's guesses, at the end the samples. @param {import('../steering.js').Result['legs'][number] | undefined} leg */
export const samplesOf = (leg) =>
  leg?.last && (leg.last.step === leg.last.steps ? leg.last.xT : leg.last.x0Hat);

/**
 * @param {object} row
 * @param {string} row.ink
 * @param {unknown} row.symbol
 * @param {string} row.words
 * @param {{ frames: Frames | undefined, index?: number, label: string, caption?: unknown, chosen?: boolean }[]} row.pictures
 * @param {string} [row.kind] a class of its own
 */
export const strip = ({ ink, symbol, words, pictures, kind = '' }) => html`<li class="strip ${kind}">
  <p class="about"><b class=${ink}>${symbol}</b><span class="help">${words}</span></p>
  <div class="pictures">
    ${pictures.map(
      ({ frames, index = 0, label, caption, chosen }) => html`<div class=${chosen ? 'one chosen' : 'one'}>
        <diffusion-picture .frames=${frames} .index=${index} label=${label}></diffusion-picture>
        ${caption === undefined ? '' : html`<span class="caption">${caption}</span>`}
      </div>`,
    )}
  </div>
</li>`;
