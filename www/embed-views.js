// The views that can be embedded. A new one is a line here, and an import in views.js; what its poster says is in
// `strings/`, by the same name.

/**
 * @typedef {object} View
 * @property {string} tag the element that shows it
 * @property {string[]} sections whose properties are the element's attributes (see properties.js); it has the controls of
 *   the first
 * @property {string[]} [picked] settings of the first section that have no control of their own
 * @property {true} [begins] a run begins in it; others that work with its network need one that is there
 * @property {Record<string, string>} parts what `hide` can name besides settings, as selectors in the view's element
 */

const TOOLBAR = { buttons: '.toolbar' };
const DATA_SET = 'diffusion-control[name="dataSet"]';

/** @satisfies {Record<string, View>} */
export const views = /** @type {const} */ ({
  opening: {
    tag: 'diffusion-opening',
    sections: ['opening'],
    picked: ['model'],
    parts: { ...TOOLBAR, scrubber: '.scrubber' },
  },
  forward: {
    tag: 'diffusion-forward',
    sections: ['forward', 'data'],
    picked: ['image', 'pictureInverted'],
    parts: {
      digits: 'diffusion-digit-picker',
      curve: 'diffusion-schedule-chart',
      histogram: 'diffusion-histogram',
      verdict: '.terminal',
      'data-set': DATA_SET,
      picture: 'diffusion-own-picture, diffusion-own-drawing',
    },
  },
  estimate: {
    tag: 'diffusion-estimate',
    sections: ['estimate', 'forward', 'train', 'data'],
    parts: {},
  },
  train: {
    tag: 'diffusion-train',
    sections: ['train', 'data'],
    begins: true,
    parts: { ...TOOLBAR, numbers: '.numbers', charts: '.panels', 'data-set': DATA_SET },
  },
  'slow-motion': {
    tag: 'diffusion-slow-motion',
    sections: ['slowMotion', 'train', 'data'],
    begins: true,
    parts: TOOLBAR,
  },
  'time-machine': {
    tag: 'diffusion-time-machine',
    sections: ['timeMachine', 'train', 'data'],
    parts: { sheet: 'diffusion-moment-sheet' },
  },
  sample: {
    tag: 'diffusion-sample',
    sections: ['sample', 'train', 'data'],
    parts: { ...TOOLBAR, stage: '.stage', gallery: '.gallery', scrubber: '.scrubber' },
  },
  compare: {
    tag: 'diffusion-compare',
    sections: ['compare', 'train', 'data'],
    parts: { ...TOOLBAR, noise: '.start' },
  },
  steer: {
    tag: 'diffusion-steer',
    sections: ['steer', 'train', 'data'],
    picked: ['steer', 'steerImage'],
    parts: { ...TOOLBAR, ways: '.ways', picture: '.source' },
  },
  guidance: {
    tag: 'diffusion-guidance',
    sections: ['guidance', 'train', 'data'],
    parts: { ...TOOLBAR, verdicts: '.reader, .verdict, .share' },
  },
  bound: {
    tag: 'diffusion-objective',
    sections: ['objective', 'train', 'data'],
    parts: { ...TOOLBAR, numbers: '.numbers', charts: '.panels' },
  },
  network: {
    tag: 'diffusion-network',
    sections: ['network', 'train', 'data'],
    parts: { ...TOOLBAR, numbers: '.numbers', diagram: '.diagram', block: 'diffusion-block-view' },
  },
  race: {
    tag: 'diffusion-race',
    sections: ['race'],
    parts: { ...TOOLBAR, charts: '.charts' },
  },
  points: {
    tag: 'diffusion-points',
    sections: ['points'],
    parts: { ...TOOLBAR, numbers: '.numbers', data: '.data-panel', loss: '.loss', scrubber: '.scrubber' },
  },
  latent: {
    tag: 'diffusion-latent',
    sections: ['latent'],
    picked: ['latentDigit'],
    parts: { ...TOOLBAR, numbers: '.numbers', charts: '.loss', costs: '.costs', mix: '.mixing' },
  },
});

/** @typedef {keyof typeof views} ViewName */

export const viewNames = /** @type {ViewName[]} */ (Object.keys(views));

/** The view as its own interface. @param {ViewName} name @returns {View} */
export const viewOf = (name) => views[name];

/** What `hide` can name in every view. */
export const COMMON_PARTS = {
  controls: 'diffusion-control, fieldset',
  formula: '.formula, .reading',
};
