// The run on points in the plane: its data, its losses, and its samples on their way from noise.

import { client } from './client.js';
import { scheduleConfig } from './configs.js';
import { settings } from './settings.js';
import { Store } from './store.js';

/** @typedef {import('../pkg/diffusion_playground.js').Points} Points */
/** @typedef {import('./messages.js').MessageOf<'pointsSamples'>} PointsSamples */

/** Points to learn from, drawn once. */
const COUNT = 2000;
/** Weight of the newest loss in the smoothed curve. */
const SMOOTHING = 0.05;
const NONE = new Float32Array(0);

/**
 * `xT` has one stage more than `x0Hat`: the end.
 * @typedef {object} Samples
 * @property {number} step training steps of the network that drew them
 * @property {number} count
 * @property {number[]} signal what the data are multiplied with, stage by stage
 * @property {number[]} noise the same of the noise
 * @property {Float32Array[]} xT x and y, point by point
 * @property {Float32Array[]} x0Hat
 * @property {Float32Array} places all over the plane
 * @property {Float32Array[]} field the noise that the network sees at each place, stage by stage
 * @property {number} toData mean distance of a sample to the nearest point of the data
 * @property {number} toSample mean distance of a point of the data to the nearest sample
 */

class PointsRun extends Store {
  /** @type {'none' | 'paused' | 'starting' | 'running'} */
  phase = 'none';
  parameters = 0;
  /** x and y, point by point. */
  data = NONE;
  /** Points of the reader's own, `[x, y]` each. @type {[number, number][]} */
  drawn = [];
  /** @type {number[]} */
  steps = [];
  /** @type {number[]} */
  losses = [];
  /** @type {number[]} */
  smoothed = [];
  /** @type {number | undefined} */
  stepsPerSecond;
  /** @type {Samples | undefined} */
  samples;
  /** Training seconds of this run until the last samples. */
  seconds = 0;
  /** Runs asked for and not begun: until then, what comes is about an old one. */
  #awaited = 0;
  /** What the settings said when the run began. */
  #asked = '';
  #seen = false;

  constructor() {
    super();
    client.on('points', ({ parameters, data }) => {
      this.#awaited = Math.max(0, this.#awaited - 1);
      this.data = floats(data);
      if (settings.get('pointsShape') === 'drawn') this.drawn = pairs(this.data);
      this.#update({ parameters });
    });
    client.on('pointsTrain', (progress) => this.#stale || this.#take(progress));
    client.on('pointsSamples', (samples) => this.#stale || this.#show(samples));
    client.on('error', ({ at }) => {
      if (at !== 'points') return;
      this.#awaited = Math.max(0, this.#awaited - 1);
      this.#update({ phase: 'paused' });
    });
    for (const end of /** @type {const} */ (['restarting', 'deviceLost', 'crashed'])) {
      client.on(end, () => {
        this.#awaited = 0;
        this.#asked = '';
        this.#clear('none');
      });
    }
    settings.subscribe(() => this.#follow());
  }

  /** Training steps taken. */
  get step() {
    return this.steps.at(-1) ?? 0;
  }

  /** What comes is about a run that was given up. */
  get #stale() {
    return this.#awaited > 0 || this.data.length === 0;
  }

  /** Whether there is something to learn from. */
  get hasData() {
    return settings.get('pointsShape') !== 'drawn' || this.drawn.length > 0;
  }

  /** What nobody sees need not be trained. @param {boolean} seen */
  see(seen) {
    this.#seen = seen;
    if (seen && this.phase === 'none') this.begin();
    if (this.phase === 'starting' || this.phase === 'running') this.#send(seen);
  }

  start() {
    if (this.phase === 'none') this.begin();
    this.#update({ phase: this.step ? 'running' : 'starting' });
    this.#send(true);
  }

  pause() {
    this.#update({ phase: 'paused' });
    this.#send(false);
  }

  /** Fresh weights, made from the settings as they are now. */
  begin() {
    this.#asked = asked();
    this.data = NONE;
    this.#clear('paused');
    if (!this.hasData) return;
    const shape = settings.get('pointsShape');
    this.#awaited++;
    client.send({
      type: 'newPoints',
      shape: shape === 'drawn' ? 'two-moons' : shape,
      count: COUNT,
      drawn: shape === 'drawn' ? this.drawn : undefined,
      config: {
        preset: 'points',
        schedule: scheduleConfig('linear'),
        batchSize: 256,
        learningRate: settings.get('pointsRate'),
        warmUpSteps: 20,
        seed: settings.get('pointsSeed'),
        gridEvery: 50,
      },
    });
  }

  /** Learns from other points of the reader's own. @param {[number, number][]} drawn */
  draw(drawn) {
    this.drawn = drawn;
    this.#beginAnew();
  }

  /** Settings that are not those of the run make another run. */
  #follow() {
    if (this.phase !== 'none' && asked() !== this.#asked) this.#beginAnew();
  }

  #beginAnew() {
    const going = this.phase === 'starting' || this.phase === 'running';
    if (going) this.#send(false);
    this.begin();
    if (going && this.hasData) this.start();
  }

  /** @param {boolean} going */
  #send(going) {
    client.send({ type: going && this.#seen ? 'trainPoints' : 'pausePoints' });
  }

  /** @param {import('./messages.js').MessageOf<'pointsTrain'>} progress */
  #take({ reports, stepsPerSecond }) {
    for (const { step, loss, seconds } of reports) {
      this.steps.push(step);
      this.losses.push(loss);
      this.seconds += seconds;
      const last = this.smoothed.at(-1) ?? loss;
      this.smoothed.push(last + Math.max(SMOOTHING, 1 / this.steps.length) * (loss - last));
    }
    this.#update({ stepsPerSecond, phase: this.phase === 'starting' ? 'running' : this.phase });
  }

  /** @param {PointsSamples} message */
  #show({ step, count, signal, noise, xT, x0Hat, places: placesOf, field }) {
    const stages = stagesOf(floats(xT), count);
    const end = stages.at(-1) ?? NONE;
    const places = floats(placesOf);
    const samples = {
      ...{ step, count, signal, noise, xT: stages, x0Hat: stagesOf(floats(x0Hat), count) },
      ...{ places, field: stagesOf(floats(field), places.length / 2) },
      toData: meanDistance(end, this.data),
      toSample: meanDistance(this.data, end),
    };
    this.#update({ samples });
  }

  /** @param {PointsRun['phase']} phase */
  #clear(phase) {
    this.#update({
      phase,
      ...{ steps: [], losses: [], smoothed: [], seconds: 0 },
      ...{ stepsPerSecond: undefined, samples: undefined },
    });
  }

  /** @param {Partial<PointsRun>} change */
  #update(change) {
    Object.assign(this, change);
    this.changed();
  }
}

/** The settings that a run is made from. */
const asked = () =>
  JSON.stringify([settings.get('pointsShape'), settings.get('pointsRate'), settings.get('pointsSeed')]);

/** @param {Points} points */
const floats = ({ coordinates }) => new Float32Array(coordinates.slice().buffer);

/** @param {Float32Array} points @returns {[number, number][]} */
const pairs = (points) =>
  Array.from({ length: points.length / 2 }, (_, index) => [points[2 * index], points[2 * index + 1]]);

/** @param {Float32Array} points @param {number} count points a stage */
const stagesOf = (points, count) =>
  Array.from({ length: points.length / (2 * count) }, (_, stage) =>
    points.subarray(2 * count * stage, 2 * count * (stage + 1)),
  );

/**
 * Of each of some points to the nearest of others.
 * @param {Float32Array} from
 * @param {Float32Array} to
 */
function meanDistance(from, to) {
  let sum = 0;
  for (let i = 0; i < from.length; i += 2) {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < to.length; j += 2) {
      const [dx, dy] = [from[i] - to[j], from[i + 1] - to[j + 1]];
      const square = dx * dx + dy * dy;
      if (square < least) least = square;
    }
    sum += Math.sqrt(least);
  }
  return (2 * sum) / from.length;
}

export const points = new PointsRun();
