// The picture that steering begins with: a test digit or a drawing, with the hole in it where there is one.

import { html } from 'lit';
import { drawing } from '../drawing.js';
import { hole, painting } from '../hole.js';
import { settings } from '../settings.js';
import { sourcePicture } from '../source-picture.js';
import './control.js';
import './digit-picker.js';
import './drawing-pad.js';
import './picture.js';

/** @typedef {import('../drawing.js').Stroke} Stroke */

/** @param {import('../steering.js').Way} way */
export function steerSource(way) {
  const drawn = settings.get('steerSource') === 'drawn';
  return html`<div class="source">
    <div class="choice">
      <diffusion-control name="steerSource"></diffusion-control>
      ${
        drawn
          ? html`<p class="help">
              Draw with a finger, a pen or the mouse. Without one, choose a test digit: everything works with those, too.
            </p>`
          : html`<diffusion-digit-picker name="steerImage"></diffusion-digit-picker>`
      }
    </div>
    ${drawn ? digitPad() : ''}
    ${way === 'inpaint' ? holePad() : taken(drawn)}
  </div>`;
}

const digitPad = () => html`<diffusion-drawing-pad
  label=${drawing.picture ? 'Your drawing' : 'An empty pad to draw a digit on'}
  .strokes=${drawing.strokes}
  @strokes=${(/** @type {CustomEvent<Stroke[]>} */ { detail }) => drawing.draw(detail)}
></diffusion-drawing-pad>`;

/** @param {boolean} drawn */
const taken = (drawn) => html`<div class="taken">
  <diffusion-picture class="data" .frames=${sourcePicture.frames} label="The picture that it begins with"></diffusion-picture>
  <p class="name">
    <b class="data">x<sub>0</sub></b> ${drawn ? 'scaled and centred as MNIST’s digits are' : 'the picture that it begins with'}
  </p>
</div>`;

const holePad = () => html`<div class="taken">
  <diffusion-drawing-pad
    label="The picture and its hole. Paint to make a hole of your own; the list beside it has some ready."
    ink="var(--noise)"
    pen="4"
    .under=${sourcePicture.frames}
    .covered=${hole()}
    .strokes=${settings.get('steerHole') === 'painted' ? painting.strokes : []}
    @strokes=${(/** @type {CustomEvent<Stroke[]>} */ { detail }) => {
      settings.set('steerHole', 'painted');
      painting.draw(detail);
    }}
  ></diffusion-drawing-pad>
  <p class="name"><b class="data">x<sub>0</sub></b> Paint over what is to be filled in.</p>
</div>`;
