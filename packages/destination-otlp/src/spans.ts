import { sharedMetadata } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import type { Dialect } from "./dialects/dialect.ts";
import { generationAttributes } from "./generation-attributes.ts";
import { placementOf } from "./placement.ts";
import { client, internal } from "./span.ts";
import type { Span, SpanPlace } from "./span.ts";
import { errorOf } from "./span-error.ts";

/**
 * The spans of one event, the outermost first. Figures and content stand on the generation only: on a root that several requests share they would
 * overwrite each other, or count twice.
 */
export function spansOf(event: TraceEvent, dialect: Dialect): readonly Span[] {
  const { root, span, generation, shared } = placementOf(event);
  const { traceName, spanName } = event.trace;
  const named = traceName === undefined ? "unnamed" : "named";
  return [
    ...(root ? [wrapper(event, dialect, root, traceName ?? modelOf(event), shared && named)] : []),
    ...(span ? [wrapper(event, dialect, span, spanName ?? "", shared && "named")] : []),
    generationSpan(event, dialect, generation),
  ];
}

function wrapper(
  event: TraceEvent,
  dialect: Dialect,
  place: SpanPlace,
  name: string,
  shared: Span["shared"] | false,
): Span {
  return {
    ...common(event, place, name),
    kind: internal,
    attributes: { ...dialect.grouping(ofTrace(event)), ...dialect.wrapper },
    ...(shared && { shared }),
  };
}

/** An event as far as it is about its trace. */
function ofTrace(event: TraceEvent): TraceEvent {
  const { metadata } = event.trace;
  const shared = sharedMetadata(metadata) as typeof metadata;
  return shared === metadata ? event : { ...event, trace: { ...event.trace, metadata: shared } };
}

function generationSpan(event: TraceEvent, dialect: Dialect, place: SpanPlace): Span {
  const error = errorOf(event);
  return {
    ...common(event, place, event.trace.generationName ?? modelOf(event)),
    kind: client,
    attributes: {
      ...dialect.grouping(event),
      ...generationAttributes(event),
      ...dialect.generation(event),
    },
    ...(error && { error }),
  };
}

function common({ timing: { startMs, endMs } }: TraceEvent, place: SpanPlace, name: string) {
  // Long names are cut: they label a line.
  const label = name.trim().slice(0, 256) || "unnamed";
  return { place, name: label, startMs, endMs: Math.max(startMs, endMs) };
}

function modelOf({ model, operation }: TraceEvent): string {
  return model.resolved ?? model.requested ?? operation;
}
