import { createHash } from "node:crypto";
import type { TraceEvent } from "@tracecast/core";
import type { SpanPlace } from "./span.ts";

/** Where the spans of one event stand in their trace. */
export interface Placement {
  /** Absent where the trace's root is not ours to write. */
  readonly root?: SpanPlace;
  readonly span?: SpanPlace;
  readonly generation: SpanPlace;
  /** Other requests write the same root and the same span. */
  readonly shared: boolean;
}

/**
 * Where an event's spans go. Ids depend on the request alone, never on time or on the machine: a resend makes the same ones, and every request of a
 * trace makes the same root.
 *
 * - No trace keys, or only a generation name: one span, its own root, in a trace whose id is the event's.
 * - A trace or span name without a trace id: a root of this request's own.
 * - A trace id: a root that all its requests share. An id of 32 hexadecimal digits, or a UUID, is the trace id as it is; of any other the SHA-256 is.
 * - A trace id and a parent span: the root is somebody else's, and our outermost span hangs under that parent. An id of 16 hexadecimal digits is
 *   taken as it is; another can only be meant where the trace id had to be hashed as well.
 */
export function placementOf(event: TraceEvent): Placement {
  const { traceId: given, traceName, spanName, parentSpanId } = event.trace;
  const { traceId, hashed } = traceIdOf(given ?? event.id);
  const spanId = hash(["generation", event.id], 16);
  if (given === undefined && traceName === undefined && spanName === undefined)
    return { generation: { traceId, spanId }, shared: false };

  const parent = given === undefined ? undefined : parentOf(parentSpanId, hashed);
  const root = parent ? undefined : { traceId, spanId: hash(["root", given ?? event.id], 16) };
  const outer = parent ?? root?.spanId ?? "";
  const span =
    spanName === undefined
      ? undefined
      : { traceId, spanId: hash(["span", traceId, outer, spanName], 16), parentSpanId: outer };
  return {
    ...(root && { root }),
    ...(span && { span }),
    generation: { traceId, spanId, parentSpanId: span?.spanId ?? outer },
    shared: given !== undefined,
  };
}

function traceIdOf(given: string): { readonly traceId: string; readonly hashed: boolean } {
  const text = given.toLowerCase();
  const bare = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text) ? text.replaceAll("-", "") : text;
  if (isId(bare, 32)) return { traceId: bare, hashed: false };
  return { traceId: createHash("sha256").update(given).digest("hex").slice(0, 32), hashed: true };
}

function parentOf(given: string | undefined, traceIsHashed: boolean): string | undefined {
  if (given === undefined) return undefined;
  const text = given.toLowerCase();
  if (isId(text, 16)) return text;
  return traceIsHashed ? createHash("sha256").update(given).digest("hex").slice(0, 16) : undefined;
}

/** Hexadecimal digits, not all of them zero: W3C Trace Context calls such an id invalid. */
const isId = (text: string, digits: number): boolean =>
  text.length === digits && /^[\da-f]+$/.test(text) && !/^0+$/.test(text);

// A tuple, not a concatenation: ("a", "bc") and ("ab", "c") are different spans.
const hash = (tuple: readonly string[], digits: number): string =>
  createHash("sha256").update(JSON.stringify(tuple)).digest("hex").slice(0, digits);
