// The views that can be embedded. A new one is a line here, and an import in views.js.

/**
 * @typedef {object} View
 * @property {string} tag the element that shows it
 * @property {string} title
 * @property {string} promise what the reader will see, on the poster
 * @property {string[]} sections whose properties are the element's attributes (see properties.js); it has the controls of
 *   the first
 * @property {string[]} [picked] settings of the first section that have no control of their own
 * @property {Record<string, string>} parts what `hide` can name besides settings, as selectors in the view's element
 */

const TOOLBAR = { buttons: '.toolbar' };
const DATA_SET = 'diffusion-control[name="dataSet"]';

/** @satisfies {Record<string, View>} */
export const views = /** @type {const} */ ({
  forward: {
    tag: 'diffusion-forward',
    title: 'A digit sinks into noise',
    promise: 'Drag through the timesteps and find the place where you stop recognising it.',
    sections: ['forward', 'data'],
    picked: ['image', 'pictureInverted'],
    parts: {
      digits: 'diffusion-digit-picker',
      curve: 'diffusion-schedule-chart',
      histogram: 'diffusion-histogram',
      verdict: '.terminal',
      'data-set': DATA_SET,
      picture: 'diffusion-own-picture',
    },
  },
  train: {
    tag: 'diffusion-train',
    title: 'A network learns to see noise',
    promise: 'It starts from nothing, here in your browser, and its samples turn from snow to digits.',
    sections: ['train', 'data'],
    parts: { ...TOOLBAR, numbers: '.numbers', charts: '.panels', 'data-set': DATA_SET },
  },
  sample: {
    tag: 'diffusion-sample',
    title: 'A digit that nobody wrote',
    promise: 'From pure noise, step by step, and back through the steps.',
    sections: ['sample', 'train', 'data'],
    parts: { ...TOOLBAR, stage: '.stage', gallery: '.gallery', scrubber: '.scrubber' },
  },
  compare: {
    tag: 'diffusion-compare',
    title: 'Samplers side by side',
    promise: 'One noise, one network, and a row for each way down.',
    sections: ['compare', 'train', 'data'],
    parts: { ...TOOLBAR, noise: '.start' },
  },
  steer: {
    tag: 'diffusion-steer',
    title: 'Have a say in what is drawn',
    promise: 'Between two noises, from a picture of yours, around a hole in a digit.',
    sections: ['steer', 'train', 'data'],
    picked: ['steer', 'steerImage'],
    parts: { ...TOOLBAR, ways: '.ways', picture: '.source' },
  },
  guidance: {
    tag: 'diffusion-guidance',
    title: 'Guidance, turned up',
    promise: 'Every digit, with its name taken ever more seriously.',
    sections: ['guidance', 'train', 'data'],
    parts: { ...TOOLBAR, verdicts: '.reader, .verdict, .share' },
  },
  bound: {
    tag: 'diffusion-objective',
    title: 'A network’s worth, in bits',
    promise: 'How well could it store a digit? One point for every timestep that is measured.',
    sections: ['objective', 'train', 'data'],
    parts: { ...TOOLBAR, numbers: '.numbers', charts: '.panels' },
  },
  network: {
    tag: 'diffusion-network',
    title: 'Inside the network',
    promise: 'Every block of it, with its shape and its weights, and what it makes of a digit.',
    sections: ['network', 'train', 'data'],
    parts: { numbers: '.numbers', diagram: '.diagram', block: 'diffusion-block-view' },
  },
  race: {
    tag: 'diffusion-race',
    title: 'Two networks, one race',
    promise: 'They learn from the same pictures in the same order. Which draws better, and sooner?',
    sections: ['race'],
    parts: { ...TOOLBAR, charts: '.charts' },
  },
  points: {
    tag: 'diffusion-points',
    title: 'Noise finds its way to a shape',
    promise: 'A network learns points in the plane, yours too, and moves noise back to them.',
    sections: ['points'],
    parts: { ...TOOLBAR, numbers: '.numbers', data: '.data-panel', loss: '.loss', scrubber: '.scrubber' },
  },
  latent: {
    tag: 'diffusion-latent',
    title: 'Diffusion in a smaller space',
    promise: 'An autoencoder learns to squeeze digits, and a network learns to draw what it squeezed.',
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
