// The networks in ONNX Runtime Web, on WebGPU or on one thread of the CPU. Images are [batch, channels, height, width].

import * as cpu from 'onnxruntime-web/wasm';
import * as gpu from 'onnxruntime-web/webgpu';
import { OnnxFile } from './onnx-file.js';

/** @typedef {import('./networks.js').Operations} Operations */
/** @typedef {import('./safetensors.js').Weight} Weight */
/** @typedef {import('./peers.js').Passes} Passes */

/**
 * @param {(ops: Operations, weights: Map<string, Weight>, inputs: any) => any} network
 * @param {Map<string, Weight>} weights
 * @param {Map<string, Weight>} inputs
 * @param {'webgpu' | 'wasm'} provider
 * @returns {Promise<Passes>}
 */
export async function onnx(network, weights, inputs, provider) {
  const ort = /** @type {typeof gpu} */ (provider === 'webgpu' ? gpu : cpu);
  ort.env.wasm.numThreads = 1;
  const module =
    provider === 'webgpu' ? 'ort-wasm-simd-threaded.asyncify.wasm' : 'ort-wasm-simd-threaded.wasm';
  ort.env.wasm.wasmPaths = { wasm: new URL(module, import.meta.url).href };
  const session = await ort.InferenceSession.create(file(network, weights, inputs), {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    preferredOutputLocation: provider === 'webgpu' ? 'gpu-buffer' : 'cpu',
  });
  const feeds = Object.fromEntries(
    [...inputs].map(([name, { shape, values }]) => [
      name,
      name === 'labels'
        ? new ort.Tensor(
            'int64',
            BigInt64Array.from(values, (value) => BigInt(value)),
            shape,
          )
        : new ort.Tensor('float32', values, shape),
    ]),
  );
  const forward = async () => Object.values(await session.run(feeds))[0];
  return {
    version: ort.env.versions.web ?? '',
    async run(times) {
      let output = await forward();
      for (let i = 1; i < times; i++) {
        output.dispose();
        output = await forward();
      }
      const values = await output.getData(true);
      return /** @type {Float32Array} */ (values);
    },
    close: () => session.release(),
  };
}

/**
 * @param {(ops: Operations, weights: Map<string, Weight>, inputs: any) => any} network
 * @param {Map<string, Weight>} weights
 * @param {Map<string, Weight>} inputs
 */
function file(network, weights, inputs) {
  const model = new OnnxFile();
  const shape = (/** @type {string} */ name) => /** @type {Weight} */ (inputs.get(name)).shape;
  const [batch] = shape('x_t');
  const ops = operations(model, weights, batch);
  const given = {
    xT: model.input('x_t', shape('x_t')),
    t: model.input('t', shape('t')),
    labels: model.input('labels', shape('labels'), true),
  };
  model.output(network(ops, weights, given), shape('x_t'));
  return model.bytes();
}

/** @param {OnnxFile} model @param {Map<string, Weight>} weights @param {number} batch @returns {Operations} */
function operations(model, weights, batch) {
  /** @param {string} operator @param {string[]} inputs @param {Record<string, any>} [attributes] */
  const node = (operator, inputs, attributes) => model.node(operator, inputs, attributes)[0];
  const integers = (/** @type {number[]} */ values) =>
    model.constant([values.length], BigInt64Array.from(values, BigInt));
  const number = (/** @type {number} */ value) => model.constant([], new Float32Array([value]));
  const numbers = (/** @type {number[]} */ values) =>
    model.constant([values.length], new Float32Array(values));
  const reshape = (/** @type {string} */ x, /** @type {number[]} */ shape) =>
    node('Reshape', [x, integers(shape)]);
  const transpose = (/** @type {string} */ x, /** @type {number[]} */ perm) =>
    node('Transpose', [x], { perm });
  /** @param {string} name @param {number[]} [as] */
  function weight(name, as) {
    const { shape, values } = /** @type {Weight} */ (weights.get(name));
    return model.constant(as ?? shape, values);
  }
  /** A matrix's transpose @param {string} name */
  function transposed(name) {
    const { shape, values } = /** @type {Weight} */ (weights.get(name));
    const [rows, columns] = shape;
    const result = Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
    return model.constant([columns, rows], result);
  }
  const widthOf = (/** @type {string} */ name) => /** @type {Weight} */ (weights.get(name)).shape[0];
  const toEveryToken = (/** @type {string} */ vector) => node('Unsqueeze', [vector, integers([1])]);
  /** Width of tokens by name: reshapes need it. @type {Map<string, number>} */
  const widths = new Map();
  const wide = (/** @type {string} */ x, /** @type {number} */ width) => {
    widths.set(x, width);
    return x;
  };
  const width = (/** @type {string} */ x) => widths.get(x) ?? 0;

  return {
    conv: (x, name, stride = 1, padding = 1) =>
      wide(
        node('Conv', [x, weight(`${name}.weight`), weight(`${name}.bias`)], {
          strides: [stride, stride],
          pads: [padding, padding, padding, padding],
        }),
        widthOf(`${name}.weight`),
      ),
    groupNorm(x, name, groups, epsilon) {
      // As PyTorch exports it: the norm of each group, then scale and shift of each channel.
      const channels = widthOf(`${name}.weight`);
      const ones = numbers(Array(groups).fill(1));
      const zeros = numbers(Array(groups).fill(0));
      const grouped = reshape(x, [batch, groups, -1]);
      const normal = node('InstanceNormalization', [grouped, ones, zeros], { epsilon });
      const back = node('Reshape', [normal, node('Shape', [x])]);
      const scaled = node('Mul', [back, weight(`${name}.weight`, [channels, 1, 1])]);
      return wide(node('Add', [scaled, weight(`${name}.bias`, [channels, 1, 1])]), channels);
    },
    layerNorm(x, epsilon) {
      const [scale, shift] = [1, 0].map((value) => numbers(Array(width(x)).fill(value)));
      return wide(node('LayerNormalization', [x, scale, shift], { epsilon }), width(x));
    },
    linear: (x, name) =>
      wide(
        node('Add', [node('MatMul', [x, transposed(`${name}.weight`)]), weight(`${name}.bias`)]),
        widthOf(`${name}.weight`),
      ),
    embedding: (labels, name) => node('Gather', [weight(`${name}.weight`), labels]),
    silu: (x) => wide(node('Mul', [x, node('Sigmoid', [x])]), width(x)),
    gelu: (x) => wide(node('Gelu', [x], { approximate: 'tanh' }), width(x)),
    add: (a, b) => wide(node('Add', [a, b]), width(a)),
    addToPixels: (x, vector) => wide(node('Add', [x, reshape(vector, [batch, -1, 1, 1])]), width(x)),
    concatChannels: (a, b) => wide(node('Concat', [a, b], { axis: 1 }), width(a) + width(b)),
    upsample: (x) =>
      wide(
        node('Resize', [x, '', numbers([1, 1, 2, 2])], {
          mode: 'nearest',
          coordinate_transformation_mode: 'asymmetric',
          nearest_mode: 'floor',
        }),
        width(x),
      ),
    toTokens: (x) => wide(transpose(reshape(x, [batch, width(x), -1]), [0, 2, 1]), width(x)),
    toImage: (x, size) => wide(reshape(transpose(x, [0, 2, 1]), [batch, width(x), size, size]), width(x)),
    attention(q, k, v, heads) {
      const headDim = width(q) / heads;
      const perHead = (/** @type {string} */ x, /** @type {number[]} */ perm) =>
        transpose(reshape(x, [batch, -1, heads, headDim]), perm);
      const products = node('MatMul', [perHead(q, [0, 2, 1, 3]), perHead(k, [0, 2, 3, 1])]);
      const scores = node('Softmax', [node('Mul', [products, number(headDim ** -0.5)])]);
      const mixed = transpose(node('MatMul', [scores, perHead(v, [0, 2, 1, 3])]), [0, 2, 1, 3]);
      return wide(reshape(mixed, [batch, -1, width(q)]), width(q));
    },
    split(x, parts) {
      const each = width(x) / parts;
      const sizes = integers(Array(parts).fill(each));
      const names = model.node('Split', [x, sizes], { axis: -1 }, parts);
      return names.map((name) => wide(name, each));
    },
    modulate(x, shift, scale) {
      const gain = toEveryToken(node('Add', [scale, number(1)]));
      return wide(node('Add', [node('Mul', [x, gain]), toEveryToken(shift)]), width(x));
    },
    gatedAdd: (x, y, gate) => wide(node('Add', [x, node('Mul', [y, toEveryToken(gate)])]), width(x)),
    sinusoids(t, frequencies) {
      const angles = node('Mul', [toEveryToken(t), model.constant([1, frequencies.length], frequencies)]);
      return node('Concat', [node('Cos', [angles]), node('Sin', [angles])], { axis: 1 });
    },
    constant: (shape, values) => model.constant(shape, values),
    unpatchify(x, grid, patch) {
      const patches = reshape(x, [batch, grid, grid, patch, patch]);
      return reshape(transpose(patches, [0, 1, 3, 2, 4]), [batch, 1, grid * patch, grid * patch]);
    },
  };
}
