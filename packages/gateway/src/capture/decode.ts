import { once } from "node:events";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Transform } from "node:stream";

/** Bytes and when they arrived, in epoch milliseconds. */
export interface TimedBytes {
  readonly atMs: number;
  readonly bytes: Buffer;
}

const maxDecodedBytes = 64 * 1024 * 1024;

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

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
  const decoder = decoders[name]?.();
  if (!decoder) return [];
  const decoded: TimedBytes[] = [];
  let room = maxDecodedBytes;
  let failed = false;
  decoder.on("error", () => void (failed = true));
  for (const { atMs, bytes } of chunks) {
    if (failed || room <= 0) break;
    await new Promise<void>((resolve) => {
      decoder.write(bytes, () => resolve());
      decoder.once("error", () => resolve());
    });
    for (let piece = read(decoder); piece; piece = read(decoder)) {
      room -= piece.length;
      decoded.push({ atMs, bytes: piece });
    }
  }
  const lastMs = chunks.at(-1)?.atMs ?? 0;
  if (!failed && room > 0) decoded.push(...(await drain(decoder, lastMs)));
  decoder.destroy();
  return decoded;
}

const read = (decoder: Transform): Buffer | null => decoder.read() as Buffer | null;

async function drain(decoder: Transform, atMs: number): Promise<readonly TimedBytes[]> {
  const rest: TimedBytes[] = [];
  decoder.on("data", (bytes: Buffer) => rest.push({ atMs, bytes }));
  decoder.end();
  await once(decoder, "end").catch(() => undefined);
  return rest;
}
