// The elements of all views. The article has all of them; an embedded element loads them when it starts.

import './elements/compare.js';
import './elements/estimate.js';
import './elements/forward.js';
import './elements/guidance.js';
import './elements/latent.js';
import './elements/network.js';
import './elements/objective.js';
import './elements/opening.js';
import './elements/points.js';
import './elements/race.js';
import './elements/sample.js';
import './elements/slow-motion.js';
import './elements/steer.js';
import './elements/time-machine.js';
import './elements/train.js';

export { client } from './client.js';
export { speak } from './language.js';
export { Settings, settings } from './settings.js';
