// Reads a safetensors file of f32 tensors.

/** @typedef {{ shape: number[], values: Float32Array }} Weight */

/**
 * @param {Uint8Array<ArrayBuffer>} file
 * @returns {Map<string, Weight>}
 */
export function readSafetensors(file) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const tensors = new Map();
  for (const [name, { shape, data_offsets: offsets }] of Object.entries(header)) {
    const [begin, end] = offsets.map((/** @type {number} */ offset) => 8 + length + offset);
    tensors.set(name, { shape, values: new Float32Array(file.slice(begin, end).buffer) });
  }
  return tensors;
}
