import { createHash } from "node:crypto";
import type { TraceEvent } from "@tracecast/core";
import type { Placement, RowPlace } from "./row.ts";

/**
 * Where an event's rows go. Ids depend on the request alone, never on time or on the machine, so that every sender of one trace writes the
 * same root and the same spans.
 *
 * - No trace keys, or only a generation name: one row, its own root.
 * - A trace or span name without a trace id: a root of this request's own.
 * - A trace id: the root's span id is exactly that id, so that people can hang their own spans under it.
 * - A trace id and a parent span: the root is somebody else's; our outermost row hangs under that parent.
 * - A parent span without a trace id: its trace cannot be known, so it is kept as metadata only.
 */
export function placementOf(event: TraceEvent): Placement {
  const { traceId, traceName, spanName, parentSpanId } = event.trace;
  if (traceId === undefined && traceName === undefined && spanName === undefined) return aloneAt(event.id);

  const rootSpanId = traceId === undefined ? `trace:${event.id}` : spanKey(traceId);
  const ownsRoot = traceId === undefined;
  const parent = traceId === undefined || parentSpanId === undefined ? undefined : spanKey(parentSpanId);
  const span = spanName === undefined ? undefined : spanUnder(rootSpanId, parent, spanName);
  return {
    rootSpanId,
    ownsRoot,
    ...(parent === undefined && {
      root: { id: `tracecast-trace-${rootSpanId}`, spanId: rootSpanId, parents: [] },
    }),
    ...(span && { span }),
    generation: {
      id: event.id,
      // A trace that somebody named after this very event must not have the row as its own parent.
      spanId: event.id === rootSpanId || event.id === parent ? `gen:${event.id}` : event.id,
      parents: [span?.spanId ?? parent ?? rootSpanId],
    },
  };
}

function aloneAt(id: string): Placement {
  return { rootSpanId: id, ownsRoot: true, generation: { id, spanId: id, parents: [] } };
}

function spanUnder(rootSpanId: string, parent: string | undefined, spanName: string): RowPlace {
  // A tuple, not a concatenation: ("a", "bc") and ("ab", "c") are different spans.
  const tuple = JSON.stringify([rootSpanId, parent ?? null, spanName]);
  const spanId = createHash("sha256").update(tuple).digest("hex").slice(0, 32);
  return { id: `tracecast-span-${spanId}`, spanId, parents: [parent ?? rootSpanId] };
}

/** A user's id as a span id: itself where it is short and printable, else its SHA-256. */
function spanKey(id: string): string {
  return id.length <= 200 && /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(id)
    ? id
    : createHash("sha256").update(id).digest("hex");
}
