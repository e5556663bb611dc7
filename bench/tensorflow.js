// The networks in TensorFlow.js, eager as its users write them. Images are [batch, height, width, channels].

import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

/** @typedef {import('./networks.js').Operations} Operations */
/** @typedef {import('./safetensors.js').Weight} Weight */
/** @typedef {import('./peers.js').Passes} Passes */

/**
 * @param {(ops: Operations, weights: Map<string, Weight>, inputs: any) => any} network
 * @param {Map<string, Weight>} weights
 * @param {Map<string, Weight>} inputs
 * @returns {Promise<Passes>}
 */
export async function tensorflow(network, weights, inputs) {
  await tf.setBackend('webgpu');
  await tf.ready();
  const ops = operations(weights);
  const input = (/** @type {string} */ name) => {
    const { shape, values } = /** @type {Weight} */ (inputs.get(name));
    return tf.tensor(values, shape);
  };
  const xT = tf.transpose(input('x_t'), [0, 2, 3, 1]);
  const labels = tf.cast(input('labels'), 'int32');
  const t = input('t');
  const forward = () => tf.tidy(() => tf.transpose(network(ops, weights, { xT, t, labels }), [0, 3, 1, 2]));
  return {
    version: tf.version_core,
    async run(times) {
      let output = forward();
      for (let i = 1; i < times; i++) {
        output.dispose();
        output = forward();
      }
      const values = await output.data();
      output.dispose();
      return /** @type {Float32Array} */ (values);
    },
    close: async () => tf.disposeVariables(),
  };
}

/** @param {Map<string, Weight>} weights @returns {Operations} */
function operations(weights) {
  /** Weights as TensorFlow wants them, made once. @type {Map<string, tf.Tensor>} */
  const made = new Map();
  const weight = (/** @type {string} */ name) => {
    const known = made.get(name);
    if (known) return known;
    const { shape, values } = /** @type {Weight} */ (weights.get(name));
    // A convolution's weights are [height, width, in, out] here.
    const tensor = tf.keep(
      tf.tidy(() => {
        const tensor = tf.tensor(values, shape);
        return shape.length === 4 ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor;
      }),
    );
    made.set(name, tensor);
    return tensor;
  };
  /** @param {tf.Tensor} x @param {number[]} axes @param {number} eps */
  function normalised(x, axes, eps) {
    const { mean, variance } = tf.moments(x, axes, true);
    return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, eps)));
  }
  /** [batch, tokens, width] to [batch, heads, tokens, width / heads] @param {tf.Tensor} x @param {number} heads */
  const perHead = (x, heads) =>
    tf.transpose(tf.reshape(x, [x.shape[0], x.shape[1] ?? 0, heads, -1]), [0, 2, 1, 3]);
  const toEveryToken = (/** @type {tf.Tensor} */ vector) => tf.expandDims(vector, 1);

  return {
    conv(x, name, stride = 1, padding = 1) {
      const y = tf.conv2d(x, /** @type {tf.Tensor4D} */ (weight(`${name}.weight`)), stride, [
        [0, 0],
        [padding, padding],
        [padding, padding],
        [0, 0],
      ]);
      return tf.add(y, weight(`${name}.bias`));
    },
    groupNorm(x, name, groups, eps) {
      const [batch, height, width, channels] = x.shape;
      const grouped = tf.reshape(x, [batch, height * width, groups, channels / groups]);
      const normal = tf.reshape(normalised(grouped, [1, 3], eps), x.shape);
      return tf.add(tf.mul(normal, weight(`${name}.weight`)), weight(`${name}.bias`));
    },
    layerNorm: (x, eps) => normalised(x, [-1], eps),
    linear(x, name) {
      const rows = tf.reshape(x, [-1, x.shape.at(-1)]);
      const y = tf.add(tf.matMul(rows, weight(`${name}.weight`), false, true), weight(`${name}.bias`));
      return tf.reshape(y, [...x.shape.slice(0, -1), -1]);
    },
    embedding: (labels, name) => tf.gather(weight(`${name}.weight`), labels),
    silu: (x) => tf.mul(x, tf.sigmoid(x)),
    gelu(x) {
      const cubic = tf.mul(tf.add(tf.mul(tf.square(x), 0.044715), 1), x);
      const gate = tf.add(tf.tanh(tf.mul(cubic, Math.sqrt(2 / Math.PI))), 1);
      return tf.mul(tf.mul(gate, x), 0.5);
    },
    add: (a, b) => tf.add(a, b),
    addToPixels: (x, vector) => tf.add(x, tf.reshape(vector, [x.shape[0], 1, 1, -1])),
    concatChannels: (a, b) => tf.concat([a, b], 3),
    upsample: (x) => tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]]),
    toTokens: (x) => tf.reshape(x, [x.shape[0], x.shape[1] * x.shape[2], x.shape[3]]),
    toImage: (x, size) => tf.reshape(x, [x.shape[0], size, size, -1]),
    attention(q, k, v, heads) {
      const [queries, keys, values] = [q, k, v].map((x) => perHead(x, heads));
      const scores = tf.mul(tf.matMul(queries, keys, false, true), (q.shape[2] / heads) ** -0.5);
      const mixed = tf.matMul(tf.softmax(scores), values);
      return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), q.shape);
    },
    split: (x, parts) => tf.split(x, parts, -1),
    modulate: (x, shift, scale) => tf.add(tf.mul(x, toEveryToken(tf.add(scale, 1))), toEveryToken(shift)),
    gatedAdd: (x, y, gate) => tf.add(x, tf.mul(y, toEveryToken(gate))),
    sinusoids(t, frequencies) {
      const angles = tf.mul(tf.expandDims(t, 1), tf.expandDims(tf.tensor1d(frequencies), 0));
      return tf.concat([tf.cos(angles), tf.sin(angles)], 1);
    },
    constant: (shape, values) => tf.tensor(values, shape),
    unpatchify(x, grid, patch) {
      const patches = tf.reshape(x, [-1, grid, grid, patch, patch]);
      return tf.reshape(tf.transpose(patches, [0, 1, 3, 2, 4]), [-1, grid * patch, grid * patch, 1]);
    },
  };
}
