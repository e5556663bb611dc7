// Writes an ONNX file: the protocol buffer of onnx.proto, as far as a network of float tensors needs it.

const FLOAT = 1;
const INT64 = 7;
const OPSET = 20;
const IR_VERSION = 9;

/** A field's number and content: a number is a varint, anything else bytes. @typedef {[number, number | Uint8Array]} Field */

/** @param {number} value whole; what is negative takes all 64 bits */
function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

/** @param {Field[]} fields */
function message(fields) {
  const parts = fields.flatMap(([field, content]) =>
    typeof content === 'number'
      ? [varint(field << 3), varint(content)]
      : [varint((field << 3) | 2), varint(content.length), content],
  );
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

const text = (/** @type {string} */ value) => new TextEncoder().encode(value);
const repeated = (/** @type {number} */ field, /** @type {(number | Uint8Array)[]} */ values) =>
  values.map((value) => /** @type {Field} */ ([field, value]));

/** @param {string} name @param {number | number[] | string} value a whole number, a list of them, a text */
function attribute(name, value) {
  if (typeof value === 'string')
    return message([
      [1, text(name)],
      [4, text(value)],
      [20, 3],
    ]);
  if (Array.isArray(value)) return message([[1, text(name)], ...repeated(8, value), [20, 7]]);
  if (Number.isInteger(value))
    return message([
      [1, text(name)],
      [3, value],
      [20, 2],
    ]);
  const float = new Uint8Array(new Float32Array([value]).buffer);
  // A float is a field of four bytes without a length.
  const prefix = message([
    [1, text(name)],
    [20, 1],
  ]);
  return Uint8Array.from([...prefix, (2 << 3) | 5, ...float]);
}

/** @param {string} name @param {number[]} shape */
function valueInfo(name, shape, type = FLOAT) {
  const dims = repeated(
    1,
    shape.map((dim) => message([[1, dim]])),
  );
  const tensorType = message([
    [1, type],
    [2, message(dims)],
  ]);
  return message([
    [1, text(name)],
    [2, message([[1, tensorType]])],
  ]);
}

export class OnnxFile {
  /** @type {Field[]} */
  #graph = [[2, text('network')]];
  #count = 0;

  /** @param {string} name @param {number[]} shape */
  input(name, shape, isInteger = false) {
    this.#graph.push([11, valueInfo(name, shape, isInteger ? INT64 : FLOAT)]);
    return name;
  }

  /** @param {string} name @param {number[]} shape */
  output(name, shape) {
    this.#graph.push([12, valueInfo(name, shape)]);
  }

  /** @param {number[]} shape @param {Float32Array | BigInt64Array} values */
  constant(shape, values) {
    const name = `constant_${this.#count++}`;
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const type = values instanceof Float32Array ? FLOAT : INT64;
    this.#graph.push([5, message([...repeated(1, shape), [2, type], [8, text(name)], [9, raw]])]);
    return name;
  }

  /**
   * @param {string} operator
   * @param {string[]} inputs
   * @param {Record<string, number | number[] | string>} [attributes]
   * @returns {string[]} the names of its outputs
   */
  node(operator, inputs, attributes = {}, outputs = 1) {
    const results = Array.from({ length: outputs }, () => `${operator}_${this.#count++}`);
    const node = message([
      ...repeated(1, inputs.map(text)),
      ...repeated(2, results.map(text)),
      [4, text(operator)],
      ...repeated(
        5,
        Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      ),
    ]);
    this.#graph.push([1, node]);
    return results;
  }

  bytes() {
    return message([
      [1, IR_VERSION],
      [8, message([[2, OPSET]])],
      [7, message(this.#graph)],
    ]);
  }
}
