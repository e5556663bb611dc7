// The events of an embedded element, from what the module says about its views.

/** @typedef {import('./messages.js').Message} Message */
/** @typedef {import('./embed-views.js').ViewName} ViewName */

/** Places that are called otherwise as views. */
const ELSEWHERE = new Map([
  ['draw', 'opening'],
  ['objective', 'bound'],
  ['slowMotion', 'slow-motion'],
]);

/** Of each type of message: the event, and whose it is; `undefined` is everyone's. */
const EVENTS = /** @type {Record<string, [string, ((message: any) => string) | undefined]>} */ ({
  ready: ['ready', undefined],
  train: ['step', () => 'train'],
  grid: ['sample', () => 'train'],
  slowStep: ['step', () => 'slow-motion'],
  estimate: ['step', () => 'estimate'],
  sampleStep: ['step', () => 'sample'],
  sampleDone: ['sample', () => 'sample'],
  rowStep: ['step', viewAt],
  rowsDone: ['sample', viewAt],
  steerStep: ['step', () => 'steer'],
  steerDone: ['sample', () => 'steer'],
  objectiveTerm: ['step', () => 'bound'],
  pointsTrain: ['step', () => 'points'],
  pointsSamples: ['sample', () => 'points'],
  latentTrain: ['step', () => 'latent'],
  latentSamples: ['sample', () => 'latent'],
  raceTrain: ['step', () => 'race'],
  raceLook: ['sample', () => 'race'],
  error: ['error', viewAt],
  downloadFailed: ['error', undefined],
  deviceLost: ['error', undefined],
  crashed: ['error', undefined],
});

/** @param {{ at: string }} message */
function viewAt({ at }) {
  return ELSEWHERE.get(at) ?? at;
}

/** Of every element, whichever view it shows. */
const EVERYONES = new Set(['device', 'data']);

/**
 * @param {{ on: typeof import('./client.js').client.on }} client
 * @param {EventTarget} target
 * @param {ViewName[]} views
 * @returns {() => void} ends it
 */
export function forwardEvents(client, target, views) {
  const ends = Object.entries(EVENTS).map(([type, [event, viewOf]]) =>
    client.on(/** @type {Message['type']} */ (type), (message) => {
      const view = viewOf?.(message);
      if (view !== undefined && !EVERYONES.has(view) && !views.some((name) => name === view)) return;
      const { type: _, ...detail } = message;
      tell(target, event, { view: view ?? views[0], ...detail });
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}

/** @param {EventTarget} target @param {string} type @param {object} detail */
export function tell(target, type, detail) {
  target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
