/** A field of a Protocol Buffers message, tag and all. */
export type Field = Uint8Array;

const encoder = new TextEncoder();

/** A field that holds bytes or another message; the fields of a message stand one after the other. */
export function bytesField(number: number, ...parts: readonly Uint8Array[]): Field {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint((number << 3) | 2), varint(length), ...parts]);
}

/** A `string` field. */
export function textField(number: number, text: string): Field {
  return bytesField(number, encoder.encode(text));
}

/** An `int64`, `bool` or `enum` field. */
export function intField(number: number, value: number | bigint): Field {
  return Buffer.concat([varint(number << 3), varint(value)]);
}

/** A `fixed64` field. */
export function fixed64Field(number: number, value: bigint): Field {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([varint((number << 3) | 1), bytes]);
}

/** A `double` field. */
export function doubleField(number: number, value: number): Field {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint((number << 3) | 1), bytes]);
}

/** @see https://protobuf.dev/programming-guides/encoding/#varints */
function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  // A negative number is as long as 64 bits allow.
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
