import { contentParts, fieldPaths, parseTraceEvent } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { withField } from "./with-field.ts";

/** A number that stands in one field only, and how far ends may write it. */
export interface Figure {
  /** The field it was planted in, such as `usage.cachedTokens`. */
  readonly path: string;
  /** The number as texts: milliseconds, seconds, nanoseconds, a date; since 1970 or since the call began. */
  readonly texts: readonly string[];
  /** The number as binary formats have it, where that is another than one of the texts. */
  readonly bytes: readonly Buffer[];
}

const startMs = 1_767_323_045_123;
const times: Readonly<Record<string, number>> = {
  "timing.startMs": startMs,
  "timing.firstTokenMs": startMs + 43_219,
  "timing.endMs": startMs + 86_777,
};

/** Puts a number into every field that takes one, each of them another; not into those that `taken` names. */
export function plantFigures(
  before: TraceEvent,
  taken: ReadonlySet<string>,
): { event: TraceEvent; figures: readonly Figure[] } {
  let event = before;
  const figures: Figure[] = [];
  for (const path of fieldPaths) {
    const [field = ""] = path.split(".");
    if (field in contentParts || taken.has(path)) continue;
    const time = times[path];
    // A tenth of a cent, told apart by its last digits; a count that fits into 31 bits.
    const number = figures.length + 11;
    const candidates = time === undefined ? [1_900_000_000 + number, 0.815_000_1 + number * 1e-5] : [time];
    const value = path.startsWith("cost.") ? candidates.at(-1) : candidates[0];
    const planted = value === undefined ? undefined : parsed(withField(event, path.split("."), value));
    if (!planted || value === undefined) continue;
    event = planted;
    figures.push(time === undefined ? plainFigure(path, value) : timeFigure(path, time));
  }
  return { event, figures };
}

function parsed(value: unknown): TraceEvent | undefined {
  try {
    return parseTraceEvent(value);
  } catch {
    return undefined;
  }
}

function plainFigure(path: string, value: number): Figure {
  const isWhole = Number.isInteger(value);
  return { path, texts: [String(value)], bytes: [doubleOf(value), ...(isWhole ? [varintOf(value)] : [])] };
}

function timeFigure(path: string, ms: number): Figure {
  const iso = new Date(ms).toISOString().slice(0, -1);
  const sinceStart = ms - startMs;
  const spans = sinceStart > 0 ? [sinceStart] : [];
  return {
    path,
    texts: [
      iso,
      iso.replace("T", " "),
      ...[ms, ...spans].flatMap((span) => [String(span), String(span / 1000)]),
    ],
    bytes: [
      fixed64Of(BigInt(ms) * 1_000_000n),
      ...spans.flatMap((span) => [doubleOf(span), doubleOf(span / 1000)]),
    ],
  };
}

function doubleOf(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function fixed64Of(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** As Protocol Buffers write whole numbers: seven bits a byte, the lowest first. */
function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
