import type { Piece } from "./destination.ts";

/**
 * A piece from its JSON text. It is kept as bytes: they are what is counted and sent, to every destination that shares the piece and on every
 * attempt, while a text would have to be turned into bytes each time.
 */
export function piece(json: string, key?: string): Piece {
  return new Utf8Piece(utf8Of(json), key);
}

const slabBytes = 1024 * 1024;
let slab = Buffer.alloc(0);
let used = 0;

/** The bytes of a text, many of them side by side in one allocation: one for each keeps the garbage collector busy. */
function utf8Of(text: string): Buffer {
  const most = text.length * 3;
  if (most > slabBytes / 4) return Buffer.from(text);
  if (used + most > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    used = 0;
  }
  const start = used;
  used += slab.write(text, start);
  return slab.subarray(start, used);
}

/**
 * The body of a request: `before`, the pieces with commas between them, `after`. Cheaper than joining their texts, and made once where several
 * destinations send the same pieces.
 * @example `requestBody('{"events":[', pieces, "]}")`
 */
export function requestBody(before: string, pieces: readonly Piece[], after: string): Uint8Array {
  const [first] = pieces;
  const latest = first && latestBodies.get(first);
  if (latest?.before === before && latest.after === after && isSame(latest.pieces, pieces))
    return latest.body;
  const body = joined(before, pieces, after);
  if (first) latestBodies.set(first, { before, pieces, after, body });
  return body;
}

interface Body {
  readonly before: string;
  readonly pieces: readonly Piece[];
  readonly after: string;
  readonly body: Uint8Array;
}

/** By its first piece, the latest body that begins with it. */
const latestBodies = new WeakMap<Piece, Body>();

const isSame = (some: readonly Piece[], others: readonly Piece[]): boolean =>
  some.length === others.length && some.every((piece, index) => piece === others[index]);

function joined(before: string, pieces: readonly Piece[], after: string): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(before)];
  for (const { utf8 } of pieces) {
    if (parts.length > 1) parts.push(comma);
    parts.push(utf8);
  }
  parts.push(Buffer.from(after));
  return Buffer.concat(parts);
}

const comma = Buffer.from(",");

class Utf8Piece implements Piece {
  readonly utf8: Buffer;
  readonly key: string | undefined;

  constructor(utf8: Buffer, key: string | undefined) {
    this.utf8 = utf8;
    this.key = key;
  }

  get json(): string {
    return this.utf8.toString();
  }

  get bytes(): number {
    return this.utf8.length;
  }
}
