import type { Limits, TraceEvent } from "@tracecast/core";
import type { Encoded } from "./shared-encodings.ts";

/** An encoded event on its way, with its place in the spool. */
export interface Item extends Encoded {
  readonly position: number;
  /** Makes the event as the destination may see it; nothing where it cannot be read back any more. */
  view(): TraceEvent | undefined;
  /** How often it has been sent. */
  attempts: number;
}

/**
 * The first of `items` that one request may carry together: at least one, even where that one is too large by itself. Takes
 * no more of them than it has to.
 */
export function cutBatch(items: Iterable<Item>, limits: Limits): readonly Item[] {
  const batch: Item[] = [];
  let pieces = 0;
  let bytes = 0;
  for (const item of items) {
    pieces += item.encoded.pieces.length;
    // One byte for what stands between two pieces.
    bytes += item.bytes + item.encoded.pieces.length;
    if (batch.length > 0 && (pieces > limits.maxPieces || bytes > limits.maxBytes)) break;
    batch.push(item);
  }
  return batch;
}

/** Both halves of a batch of two or more. */
export function halves<T>(batch: readonly T[]): readonly [readonly T[], readonly T[]] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}
