// How far is what a section's toolbar has begun: a line under the toolbar, for what takes longer than a moment.

import { html, nothing } from 'lit';

/**
 * @param {boolean} running
 * @param {string} words what goes on, for who doesn't see the line
 * @param {number} [share] of the whole, from 0 to 1; nothing while it cannot be known
 */
export const progressLine = (running, words, share) =>
  running
    ? html`<progress class="line" max="1" value=${share ?? nothing} aria-label=${words}></progress>`
    : nothing;
