import { createHash } from "node:crypto";
import type { TraceEvent } from "@tracecast/core";

/** Where a span stands. */
export interface Place {
  readonly id: string;
  /** The word `undefined` for a root, as the API wants it. */
  readonly parent: string;
}

/** Where the spans of one event stand in their trace. */
export interface Placement {
  readonly traceId: string;
  readonly root?: Place;
  readonly span?: Place;
  readonly generation: Place;
}

const none = "undefined";

/**
 * Where an event's spans go. Ids depend on the event alone, and where events share a trace id on that and the names, so that they share the
 * root and the spans.
 *
 * - Without trace keys, or with only a generation name, the generation is the root.
 * - With a trace id and a parent span, the outermost span hangs under that parent and no root is made.
 * - A parent span without a trace id cannot be found by Datadog: it is kept as metadata.
 */
export function placementOf({ id, trace }: TraceEvent): Placement {
  const { traceId = id, traceName, spanName } = trace;
  const parent = trace.traceId === undefined ? undefined : trace.parentSpanId;
  const hasRoot =
    parent === undefined &&
    (trace.traceId !== undefined || traceName !== undefined || spanName !== undefined);
  const root = hasRoot ? { id: idOf(traceId, "root"), parent: none } : undefined;
  const above = parent ?? root?.id ?? none;
  const span = spanName === undefined ? undefined : { id: idOf(traceId, above, spanName), parent: above };
  return {
    traceId,
    ...(root && { root }),
    ...(span && { span }),
    generation: { id, parent: span?.id ?? above },
  };
}

/** A tuple, not a concatenation: ("a", "bc") and ("ab", "c") are different spans. */
function idOf(...tuple: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(tuple)).digest("hex").slice(0, 32);
}
