import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Transform } from "node:stream";
import { decodeZstd } from "./decode-zstd.ts";

/** Bytes and when they arrived, in epoch milliseconds. */
export interface TimedBytes {
  readonly atMs: number;
  readonly bytes: Buffer;
}

const maxDecodedBytes = 64 * 1024 * 1024;

type Decoder = (chunks: readonly TimedBytes[]) => Promise<readonly TimedBytes[]>;

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["gzip", (chunks) => runThrough(createGunzip(), chunks)],
  ["x-gzip", (chunks) => runThrough(createGunzip(), chunks)],
  ["deflate", (chunks) => runThrough(createInflate(), chunks)],
  ["br", (chunks) => runThrough(createBrotliDecompress(), chunks)],
  ["zstd", (chunks) => decodeZstd(chunks, maxDecodedBytes)],
]);

/**
 * Undoes the content encoding of an answer, piece by piece, so that every piece keeps its time. What cannot be decoded, for it is unknown,
 * broken, or grows beyond 64 MiB, ends there: what came out before is answered.
 */
export async function decode(
  chunks: readonly TimedBytes[],
  encoding: string | undefined,
): Promise<readonly TimedBytes[]> {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (name === "identity" || name === "") return chunks;
  return decoders.get(name)?.(chunks) ?? [];
}

async function runThrough(decoder: Transform, chunks: readonly TimedBytes[]): Promise<readonly TimedBytes[]> {
  const decoded: TimedBytes[] = [];
  let room = maxDecodedBytes;
  let atMs = 0;
  // Read as it comes: a decoder whose output nobody takes stops in the middle of a piece and never says that it took it.
  decoder.on("data", (bytes: Buffer) => {
    room -= bytes.length;
    if (room < 0) decoder.destroy();
    else decoded.push({ atMs, bytes });
  });
  decoder.on("error", () => undefined);
  const over = new Promise<void>((resolve) => decoder.once("close", resolve));
  for (const chunk of chunks) {
    if (decoder.destroyed) break;
    atMs = chunk.atMs;
    const taken = new Promise<void>((resolve) => decoder.write(chunk.bytes, () => resolve()));
    await Promise.race([taken, over]);
  }
  decoder.end();
  await over;
  return decoded;
}
