// How much of the digit a schedule leaves at its end, and what that means for sampling.

import { html } from 'lit';
import { TIMESTEPS } from '../configs.js';
import { fixed } from '../format.js';
import { fill, strings } from '../language.js';
import { alphaBar, number, root, sign } from '../math.js';

/** @param {import('../curves.js').Curves | undefined} curves */
export function terminalSignal(curves) {
  const { terminalSignal: signal, terminalSignalWarning: warning } = curves ?? {};
  const { end, tooMuch, fine } = strings.forward;
  const left = {
    t: html`<i>t</i> = ${TIMESTEPS}`,
    left: html`<math>${root(alphaBar('T'))} ${sign('=')} ${number(digits(signal), 'data')}</math>`,
  };
  const words =
    warning === undefined ? fill(fine, left) : [html`<b class="alarm">${end}</b> `, fill(tooMuch, left)];
  return html`<p class="terminal" role="status">${words}</p>`;
}

/** @param {number | undefined} signal */
const digits = (signal) => (signal === undefined ? '…' : signal === 0 ? '0' : fixed(signal, 3));
