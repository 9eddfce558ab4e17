import { setImmediate } from "node:timers/promises";
import type { Zstd } from "@hpcc-js/wasm-zstd";
import type { TimedBytes } from "./decode.ts";

/** What an answer may ask a decoder to keep for it (RFC 9659). */
const maxWindowBytes = 8 * 1024 * 1024;
const maxBlockBytes = 128 * 1024;
/** A block of nothing costs as much time as one of a few words. */
const maxBlocks = 256 * 1024;

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a5;

// There is one decoder, and it remembers the frame it is in: answers take turns.
let lastTurn: Promise<void> = Promise.resolve();

/**
 * Undoes Zstandard, which Node 20 has no decoder for, up to so many bytes. What a block holds is as old as the block's last byte. Frames may
 * follow one another; where one is broken, or asks for a window of more than 8 MiB, it ends.
 */
export async function decodeZstd(
  chunks: readonly TimedBytes[],
  maxBytes: number,
): Promise<readonly TimedBytes[]> {
  const decoded: TimedBytes[] = [];
  // Where there is no WebAssembly, or no memory for it, nothing is decoded.
  lastTurn = lastTurn.then(() => decodeInto(decoded, chunks, maxBytes)).catch(() => undefined);
  await lastTurn;
  return decoded;
}

async function decodeInto(
  decoded: TimedBytes[],
  chunks: readonly TimedBytes[],
  maxBytes: number,
): Promise<void> {
  // Loaded with the first answer that needs it.
  const { Zstd } = await import("@hpcc-js/wasm-zstd");
  let room = maxBytes;
  let atMs = 0;
  const frames = readFrames(await Zstd.load(), (bytes) => {
    room -= bytes.length;
    if (room >= 0) decoded.push({ atMs, bytes });
    return room >= 0;
  });
  let wanted = frames.next();
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  for (const chunk of chunks) {
    atMs = chunk.atMs;
    waiting.push(chunk.bytes);
    waitingBytes += chunk.bytes.length;
    if (!wanted.done && waitingBytes < wanted.value) continue;
    let rest = Buffer.concat(waiting);
    while (!wanted.done && wanted.value <= rest.length) {
      const end = wanted.value;
      const roomBefore = room;
      wanted = frames.next(rest.subarray(0, end));
      rest = rest.subarray(end);
      // Requests are served by this thread: they wait for a block at most, or for a piece that holds none.
      if (room < roomBefore || rest.length === 0) await setImmediate();
    }
    if (wanted.done) return;
    waiting = [rest];
    waitingBytes = rest.length;
  }
}

/** Asks for so many bytes at a time, and hands on what they decode to until there is no room for it, or no sense in it. */
function* readFrames(zstd: Zstd, decoded: (bytes: Buffer) => boolean): Generator<number, void, Buffer> {
  let blocks = 0;
  for (;;) {
    const magic = yield 4;
    if (magic.readUInt32LE() >>> 4 === skippableMagic) {
      yield (yield 4).readUInt32LE();
      continue;
    }
    if (magic.readUInt32LE() !== frameMagic) return;
    const descriptor = yield 1;
    const flags = descriptor.readUInt8();
    // A dictionary, which nobody has, or a bit that means nothing yet.
    if (flags & 0b1011) return;
    const sizes = yield sizesLength(flags);
    if (windowBytes(flags, sizes) > maxWindowBytes) return;
    zstd.reset();
    zstd.decompressChunk(Buffer.concat([magic, descriptor, sizes]), maxBlockBytes);
    for (let last = false; !last;) {
      const head = yield 3;
      const block = blockOf(head);
      blocks += 1;
      if (block.bytes > maxBlockBytes || blocks > maxBlocks) return;
      const body = yield block.kind === "repeat" ? 1 : block.bytes;
      const bytes = Buffer.from(zstd.decompressChunk(Buffer.concat([head, body]), maxBlockBytes));
      // The decoder does not say that a block is broken: it makes nothing of it.
      if (bytes.length === 0 && block.bytes > 0) return;
      if (bytes.length > 0 && !decoded(bytes)) return;
      last = block.last;
    }
    if (flags & 0b100) yield 4; // The checksum.
  }
}

const isSingleSegment = (flags: number): boolean => (flags & 0b10_0000) !== 0;

/** The length of what stands behind a frame's flags: its window, or nothing, and the size of its content (RFC 8878, 3.1.1.1). */
function sizesLength(flags: number): number {
  const contentSizeLength = [isSingleSegment(flags) ? 1 : 0, 2, 4, 8][flags >>> 6] ?? 0;
  return contentSizeLength + (isSingleSegment(flags) ? 0 : 1);
}

/** How much of what it decoded a decoder has to keep. A frame of a single segment is kept whole. */
function windowBytes(flags: number, sizes: Buffer): number {
  if (isSingleSegment(flags)) {
    if (sizes.length === 8) return Number(sizes.readBigUInt64LE());
    return sizes.length === 2 ? sizes.readUInt16LE() + 256 : sizes.readUIntLE(0, sizes.length);
  }
  const window = sizes.readUInt8();
  const base = 2 ** (10 + (window >>> 3));
  return base + (base / 8) * (window & 0b111);
}

interface Block {
  readonly last: boolean;
  readonly kind: "raw" | "repeat" | "compressed";
  readonly bytes: number;
}

function blockOf(head: Buffer): Block {
  const bits = head.readUIntLE(0, 3);
  const kind = (["raw", "repeat", "compressed"] as const)[(bits >>> 1) & 0b11];
  return { last: (bits & 1) === 1, kind: kind ?? "compressed", bytes: bits >>> 3 };
}
