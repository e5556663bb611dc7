// The presets `unet` and `dit`, written once over the few operations that each library brings. An image is in the layout
// that the library is fastest with; tokens are [batch, tokens, width].

/** What an operation takes and gives: each library has its own. @typedef {any} Value */
/** @typedef {import('./safetensors.js').Weight} Weight */

/**
 * @typedef {object} Operations
 * @property {(x: Value, name: string, stride?: number, padding?: number) => Value} conv with its bias
 * @property {(x: Value, name: string, groups: number, eps: number) => Value} groupNorm with its scale and shift
 * @property {(x: Value, eps: number) => Value} layerNorm without scale and shift
 * @property {(x: Value, name: string) => Value} linear of the last dimension, with its bias
 * @property {(labels: Value, name: string) => Value} embedding
 * @property {(x: Value) => Value} silu
 * @property {(x: Value) => Value} gelu in its tanh form
 * @property {(a: Value, b: Value) => Value} add
 * @property {(x: Value, vector: Value) => Value} addToPixels a vector [batch, channels] to every pixel
 * @property {(a: Value, b: Value) => Value} concatChannels
 * @property {(x: Value) => Value} upsample nearest neighbour, twice the size
 * @property {(x: Value) => Value} toTokens an image's pixels
 * @property {(x: Value, size: number) => Value} toImage and back
 * @property {(q: Value, k: Value, v: Value, heads: number) => Value} attention
 * @property {(x: Value, parts: number) => Value[]} split the last dimension
 * @property {(x: Value, shift: Value, scale: Value) => Value} modulate tokens: x (1 + scale) + shift
 * @property {(x: Value, y: Value, gate: Value) => Value} gatedAdd tokens: x + gate y
 * @property {(t: Value, frequencies: Float32Array) => Value} sinusoids cosines, then sines
 * @property {(shape: number[], values: Float32Array) => Value} constant
 * @property {(x: Value, grid: number, patch: number) => Value} unpatchify tokens of one-channel patches to an image
 */

const GROUPS = 8;
const HEAD_DIM = 32;

/** @param {number} half @param {number} shift */
const frequencies = (half, shift) =>
  Float32Array.from({ length: half }, (_, i) => 10_000 ** (-i / (half - shift)));

/** @typedef {{ xT: Value, t: Value, labels: Value }} Inputs */

/**
 * @param {Operations} ops
 * @param {Map<string, Weight>} weights
 * @param {Inputs} inputs
 */
export function unet(ops, weights, { xT, t, labels }) {
  const has = (/** @type {string} */ name) => weights.has(`${name}.weight`);
  const norm = (/** @type {Value} */ x, /** @type {string} */ name) => ops.groupNorm(x, name, GROUPS, 1e-5);
  const widthOf = (/** @type {string} */ name) => weights.get(`${name}.weight`)?.shape[0] ?? 0;

  const hidden = ops.linear(
    ops.sinusoids(t, frequencies(widthOf('conv_in') / 2, 0)),
    'time_embedding.linear_1',
  );
  const time = ops.linear(ops.silu(hidden), 'time_embedding.linear_2');
  const emb = ops.silu(ops.add(time, ops.embedding(labels, 'class_embedding')));

  /** @param {Value} x @param {string} name */
  function resnet(x, name) {
    let y = ops.conv(ops.silu(norm(x, `${name}.norm1`)), `${name}.conv1`);
    y = ops.addToPixels(y, ops.linear(emb, `${name}.time_emb_proj`));
    y = ops.conv(ops.silu(norm(y, `${name}.norm2`)), `${name}.conv2`);
    return ops.add(has(`${name}.conv_shortcut`) ? ops.conv(x, `${name}.conv_shortcut`, 1, 0) : x, y);
  }

  /** @param {Value} x @param {string} name @param {number} size */
  function attention(x, name, size) {
    if (!has(`${name}.to_q`)) return x;
    const tokens = ops.toTokens(norm(x, `${name}.group_norm`));
    const [q, k, v] = ['to_q', 'to_k', 'to_v'].map((part) => ops.linear(tokens, `${name}.${part}`));
    const heads = widthOf(`${name}.to_q`) / HEAD_DIM;
    return ops.add(ops.toImage(ops.linear(ops.attention(q, k, v, heads), `${name}.to_out.0`), size), x);
  }

  let size = 28;
  let x = ops.conv(xT, 'conv_in');
  const skips = [x];
  for (let level = 0; has(`down_blocks.${level}.resnets.0.conv1`); level++) {
    const block = `down_blocks.${level}`;
    x = attention(resnet(x, `${block}.resnets.0`), `${block}.attentions.0`, size);
    skips.push(x);
    if (has(`${block}.downsamplers.0.conv`)) {
      x = ops.conv(x, `${block}.downsamplers.0.conv`, 2);
      skips.push(x);
      size /= 2;
    }
  }
  x = resnet(x, 'mid_block.resnets.0');
  x = resnet(attention(x, 'mid_block.attentions.0', size), 'mid_block.resnets.1');
  for (let level = 0; has(`up_blocks.${level}.resnets.0.conv1`); level++) {
    const block = `up_blocks.${level}`;
    for (let i = 0; has(`${block}.resnets.${i}.conv1`); i++) {
      x = resnet(ops.concatChannels(x, skips.pop()), `${block}.resnets.${i}`);
      x = attention(x, `${block}.attentions.${i}`, size);
    }
    if (has(`${block}.upsamplers.0.conv`)) {
      x = ops.conv(ops.upsample(x), `${block}.upsamplers.0.conv`);
      size *= 2;
    }
  }
  return ops.conv(ops.silu(norm(x, 'conv_norm_out')), 'conv_out');
}

const GRID = 7;
const PATCH = 4;
const HIDDEN = 128;
const HEADS = 4;

/** Sines and cosines of each token's column, then of its row. */
function positions() {
  const rates = frequencies(HIDDEN / 4, 0);
  const coordinate = (/** @type {number} */ p) => [
    ...rates.map((rate) => Math.sin(p * rate)),
    ...rates.map((rate) => Math.cos(p * rate)),
  ];
  const tokens = Array.from({ length: GRID * GRID }, (_, token) => [
    ...coordinate(token % GRID),
    ...coordinate(Math.floor(token / GRID)),
  ]);
  return Float32Array.from(tokens.flat());
}

/**
 * @param {Operations} ops
 * @param {Map<string, Weight>} weights
 * @param {Inputs} inputs
 */
export function dit(ops, weights, { xT, t, labels }) {
  const hidden = ops.linear(ops.sinusoids(t, frequencies(128, 1)), 't_embedder.mlp.0');
  const time = ops.linear(ops.silu(hidden), 't_embedder.mlp.2');
  const condition = ops.silu(ops.add(time, ops.embedding(labels, 'y_embedder.embedding_table')));

  let x = ops.toTokens(ops.conv(xT, 'x_embedder.proj', PATCH, 0));
  x = ops.add(x, ops.constant([1, GRID * GRID, HIDDEN], positions()));
  for (let i = 0; weights.has(`blocks.${i}.attn.qkv.weight`); i++) {
    const block = `blocks.${i}`;
    const modulation = ops.split(ops.linear(condition, `${block}.adaLN_modulation.1`), 6);
    let normal = ops.modulate(ops.layerNorm(x, 1e-6), modulation[0], modulation[1]);
    const [q, k, v] = ops.split(ops.linear(normal, `${block}.attn.qkv`), 3);
    x = ops.gatedAdd(x, ops.linear(ops.attention(q, k, v, HEADS), `${block}.attn.proj`), modulation[2]);
    normal = ops.modulate(ops.layerNorm(x, 1e-5), modulation[3], modulation[4]);
    const mlp = ops.linear(ops.gelu(ops.linear(normal, `${block}.mlp.fc1`)), `${block}.mlp.fc2`);
    x = ops.gatedAdd(x, mlp, modulation[5]);
  }
  const [shift, scale] = ops.split(ops.linear(condition, 'final_layer.adaLN_modulation.1'), 2);
  const patches = ops.linear(ops.modulate(ops.layerNorm(x, 1e-6), shift, scale), 'final_layer.linear');
  return ops.unpatchify(patches, GRID, PATCH);
}

export const NETWORKS = { unet, dit };
