// The article: its address, its views and what is around them. The first of the elements starts the module.

import './page-language.js';
import './address.js';
import './elements/device.js';
import './elements/opening.js';
import './elements/phrase.js';

/** In the order of the page. Each gets a turn of its own, so that a reader who scrolls or types meanwhile never waits for all. */
const PARTS = [
  () => import('./elements/journey.js'),
  () => import('./elements/forward.js'),
  () => import('./elements/estimate.js'),
  () => import('./elements/train.js'),
  () => import('./elements/slow-motion.js'),
  () => import('./elements/time-machine.js'),
  () => import('./elements/race.js'),
  () => import('./elements/last-run.js'),
  () => import('./elements/shipped.js'),
  () => import('./elements/open.js'),
  () => import('./elements/save.js'),
  () => import('./elements/export.js'),
  () => import('./elements/sample.js'),
  () => import('./elements/compare.js'),
  () => import('./elements/steer.js'),
  () => import('./elements/guidance.js'),
  () => import('./elements/points.js'),
  () => import('./elements/objective.js'),
  () => import('./elements/network.js'),
  () => import('./elements/latent.js'),
  () => import('./elements/embed-builder.js'),
  () => import('./elements/offline.js'),
];

for (const part of PARTS) {
  await new Promise((resolve) => setTimeout(resolve));
  await part();
}
