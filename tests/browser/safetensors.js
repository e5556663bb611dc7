// Files in the safetensors format, taken apart and put together, for tests of how they are read.

/** The name that diffusers gives to weights. */
export const WEIGHTS = 'diffusion_pytorch_model.safetensors';

/** @typedef {Record<string, { dtype: string, shape: number[], data_offsets: [number, number] }>} Header */

export const safetensors = {
  /** @param {Uint8Array} bytes */
  parse(bytes) {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    /** @type {Header} */
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    return { header, data: bytes.subarray(8 + length) };
  },

  /** @param {Header} header @param {Uint8Array} data */
  file(header, data) {
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text, data]);
  },
};

/**
 * The header of a file whose tensors of these shapes are all zero, and how many bytes those take.
 * @param {[string, number[]][]} tensors
 */
export function zeros(tensors) {
  /** @type {Header} */
  const header = {};
  let end = 0;
  for (const [name, shape] of tensors) {
    const begin = end;
    end += 4 * shape.reduce((product, side) => product * side, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] };
  }
  return { header: JSON.stringify(header), length: end };
}

const WIDTH = 384;
const DEPTH = 12;
const HEADS = 6;

/** A Diffusion Transformer as diffusers writes it, of over 100 MB, for grey pictures of 28x28 in ten classes. */
export const DIT = {
  config: {
    _class_name: 'DiTTransformer2DModel',
    num_attention_heads: HEADS,
    attention_head_dim: WIDTH / HEADS,
    in_channels: 1,
    out_channels: 1,
    num_layers: DEPTH,
    sample_size: 28,
    patch_size: 4,
    num_embeds_ada_norm: 10,
  },
  tensors: /** @type {[string, number[]][]} */ ([
    ...layer('pos_embed.proj', [WIDTH, 1, 4, 4]),
    ...Array.from({ length: DEPTH }, (_, block) => [
      ...layer(`transformer_blocks.${block}.norm1.emb.timestep_embedder.linear_1`, [WIDTH, 256]),
      ...layer(`transformer_blocks.${block}.norm1.emb.timestep_embedder.linear_2`, [WIDTH, WIDTH]),
      [`transformer_blocks.${block}.norm1.emb.class_embedder.embedding_table.weight`, [11, WIDTH]],
      ...layer(`transformer_blocks.${block}.norm1.linear`, [6 * WIDTH, WIDTH]),
      ...['to_q', 'to_k', 'to_v', 'to_out.0'].flatMap((map) =>
        layer(`transformer_blocks.${block}.attn1.${map}`, [WIDTH, WIDTH]),
      ),
      ...layer(`transformer_blocks.${block}.ff.net.0.proj`, [4 * WIDTH, WIDTH]),
      ...layer(`transformer_blocks.${block}.ff.net.2`, [WIDTH, 4 * WIDTH]),
    ]).flat(),
    ...layer('proj_out_1', [2 * WIDTH, WIDTH]),
    ...layer('proj_out_2', [16, WIDTH]),
  ]),
};

/** @param {string} name @param {number[]} shape @returns {[string, number[]][]} */
function layer(name, shape) {
  return [
    [`${name}.weight`, shape],
    [`${name}.bias`, [shape[0]]],
  ];
}
