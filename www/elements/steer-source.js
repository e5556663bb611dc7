// The picture that steering begins with: a test digit or a drawing, with the hole in it where there is one.

import { html } from 'lit';
import { drawing } from '../drawing.js';
import { hole, painting } from '../hole.js';
import { strings } from '../language.js';
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
              ${strings.steer.drawWith}
            </p>`
          : html`<diffusion-digit-picker name="steerImage"></diffusion-digit-picker>`
      }
    </div>
    ${drawn ? digitPad() : ''}
    ${way === 'inpaint' ? holePad() : taken(drawn)}
  </div>`;
}

const digitPad = () => html`<diffusion-drawing-pad
  label=${drawing.picture ? strings.steer.yours : strings.steer.emptyPad}
  .strokes=${drawing.strokes}
  @strokes=${(/** @type {CustomEvent<Stroke[]>} */ { detail }) => drawing.draw(detail)}
></diffusion-drawing-pad>`;

/** @param {boolean} drawn */
const taken = (drawn) => html`<div class="taken">
  <diffusion-picture class="data" .frames=${sourcePicture.frames} label=${strings.steer.beginning}></diffusion-picture>
  <p class="name">
    <b class="data">x<sub>0</sub></b> ${drawn ? strings.steer.scaled : strings.steer.begins}
  </p>
</div>`;

const holePad = () => html`<div class="taken">
  <diffusion-drawing-pad
    label=${strings.steer.holePad}
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
  <p class="name"><b class="data">x<sub>0</sub></b> ${strings.steer.paintFirst}</p>
</div>`;
