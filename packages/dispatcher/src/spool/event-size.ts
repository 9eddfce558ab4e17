import type { TraceEvent } from "@tracecast/core";

// What an event takes beside its content and metadata: ids, names, figures.
const envelopeBytes = 512;

/**
 * About how many bytes an event takes, without serialising it: strings by their length, everything else by a flat rate.
 * Good enough for a limit on memory, and cheap enough for the caller of `publish`.
 */
export function estimateBytes({ input, output, contentParameters, trace }: TraceEvent): number {
  return envelopeBytes + sizeOf(input) + sizeOf(output) + sizeOf(contentParameters) + sizeOf(trace.metadata);
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return 8;
  let bytes = 2;
  // Plain data from JSON: nothing is inherited, and `for in` makes no array of the keys.
  for (const key in value) bytes += key.length + 4 + sizeOf((value as Record<string, unknown>)[key]);
  return bytes;
}
