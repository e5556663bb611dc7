// How much of the digit a schedule leaves at its end, and what that means for sampling.

import { html } from 'lit';
import { TIMESTEPS } from '../configs.js';
import { fixed } from '../format.js';
import { alphaBar, number, root, sign } from '../math.js';

/** @param {import('../curves.js').Curves | undefined} curves */
export function terminalSignal(curves) {
  const { terminalSignal: signal, terminalSignalWarning: warning } = curves ?? {};
  const left = html`At <i>t</i> = ${TIMESTEPS},
    <math>${root(alphaBar('T'))} ${sign('=')} ${number(digits(signal), 'data')}</math> of
    the digit is left`;
  const words =
    warning === undefined
      ? html`${left}: as good as nothing. Sampling starts from noise just like that.`
      : html`<b class="alarm">Too much is left at the end.</b> ${left}, enough to tell a bright picture from a dark
          one. Sampling starts from noise that tells nothing, a start this schedule never shows to the network: what
          it draws comes out neither very bright nor very dark.`;
  return html`<p class="terminal" role="status">${words}</p>`;
}

/** @param {number | undefined} signal */
const digits = (signal) => (signal === undefined ? '…' : signal === 0 ? '0' : fixed(signal, 3));
