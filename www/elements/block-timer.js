// Has the blocks of the drawn network timed, and says what was measured.

import { html, nothing } from 'lit';
import { blockTimes } from '../block-times.js';
import { milliseconds } from '../format.js';
import { strings } from '../language.js';
import { network } from '../network.js';
import { run } from '../run.js';

/** Published ones are drawn and never built. */
const NEVER_BUILT = new Set(['unet-128', 'dit-s-4']);

export function blockTimer() {
  const { isMeasuring, times } = blockTimes;
  const isBuilt = !NEVER_BUILT.has(network.name);
  const button = isMeasuring
    ? html`<button type="button" @click=${() => blockTimes.cancel()}>${strings.network.stopTiming}</button>`
    : html`<button type="button" ?disabled=${!isBuilt || !network.view} @click=${() => blockTimes.measure()}>
        ${strings.network.timeBlocks}
      </button>`;
  return html`<div class="toolbar">
      ${button}
      <p class="status" role="status">${words(isBuilt)}</p>
    </div>
    <progress
      class=${isMeasuring ? 'timing' : 'timing idle'}
      max=${times?.passes ?? nothing}
      value=${times?.pass ?? nothing}
      aria-label=${strings.network.timing}
    ></progress>`;
}

/** @param {boolean} isBuilt */
function words(isBuilt) {
  const { isMeasuring, times, total } = blockTimes;
  if (!isBuilt) return strings.network.neverBuilt;
  if (isMeasuring) return strings.network.timing;
  if (!times) return strings.network.timeHelp;
  const measured = strings.network.timed(times.batch, milliseconds(total), times.passes);
  return run.phase === 'running' ? `${measured} ${strings.network.shared}` : measured;
}
