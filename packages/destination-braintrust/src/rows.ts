import { wellFormed } from "@tracecast/core";
import type { Json, TraceEvent } from "@tracecast/core";
import { generationMetadata, rootMetadata } from "./metadata.ts";
import { durationOf, metricsOf } from "./metrics.ts";
import { placementOf } from "./placement.ts";
import type { Placement, Row, RowPlace } from "./row.ts";
import { version } from "./version.ts";

/** The rows of one event, the outermost first. */
export interface EventRows {
  readonly root?: Row;
  readonly span?: Row;
  readonly generation: Row;
}

/**
 * Makes the rows of an event. Figures stand on the generation only: Braintrust adds up all spans of a trace, so anything that stood on the
 * root too would count twice. Nor do input, output or errors stand there: every request of the trace would overwrite them.
 */
export function rowsOf(event: TraceEvent): EventRows {
  const placement = placementOf(event);
  const { root, span } = placement;
  return {
    ...(root && { root: rootRow(event, placement, root) }),
    ...(span && { span: spanRow(event, placement, span) }),
    generation: generationRow(event, placement),
  };
}

function rootRow(event: TraceEvent, { rootSpanId, ownsRoot }: Placement, place: RowPlace): Row {
  return rowAt(event, rootSpanId, place, {
    name: event.trace.traceName ?? modelOf(event),
    type: "task",
    metadata: rootMetadata(event),
    tags: tagsOf(event),
    metrics: ownsRoot ? durationOf(event) : undefined,
  });
}

function spanRow(event: TraceEvent, { rootSpanId, ownsRoot }: Placement, place: RowPlace): Row {
  return rowAt(event, rootSpanId, place, {
    name: event.trace.spanName ?? "",
    type: "task",
    metadata: {},
    metrics: ownsRoot ? durationOf(event) : undefined,
  });
}

function generationRow(event: TraceEvent, { rootSpanId, root, generation }: Placement): Row {
  const isRoot = generation.parents.length === 0;
  const hasTagRow = isRoot || root !== undefined;
  return rowAt(event, rootSpanId, generation, {
    name: event.trace.generationName ?? modelOf(event),
    type: "llm",
    input: messagesOf(event),
    // A null would overwrite what a merge finds.
    output: event.output ?? undefined,
    error: event.error && errorText(event.error),
    metadata: generationMetadata(event, hasTagRow),
    tags: isRoot ? tagsOf(event) : undefined,
    metrics: metricsOf(event),
    context,
  });
}

interface RowContent extends Pick<
  Row,
  "input" | "output" | "error" | "metadata" | "tags" | "metrics" | "context"
> {
  readonly name: string;
  readonly type: "llm" | "task";
}

const context = {
  span_origin: { name: "tracecast", version, instrumentation: { name: "tracecast-gateway" } },
};

// Written out, for spreading one object into another takes V8 longer than all the rest of it.
function rowAt(event: TraceEvent, rootSpanId: string, place: RowPlace, content: RowContent): Row {
  return {
    id: place.id,
    span_id: place.spanId,
    root_span_id: rootSpanId,
    span_parents: place.parents,
    _is_merge: true,
    created: new Date(event.timing.startMs).toISOString(),
    span_attributes: { name: nameOf(content.name), type: content.type },
    input: content.input,
    output: content.output,
    error: content.error,
    metadata: content.metadata,
    tags: content.tags,
    metrics: content.metrics,
    context: content.context,
  };
}

/** Distinct tags, as they are once they are clean: the API takes none twice, and no empty list. */
function tagsOf({ tags }: TraceEvent): readonly string[] | undefined {
  if (tags.length === 0) return undefined;
  const distinct = new Set(tags.map((tag) => wellFormed(tag) as string).filter(Boolean));
  return distinct.size > 0 ? [...distinct] : undefined;
}

const modelOf = ({ model, operation }: TraceEvent): string => model.resolved ?? model.requested ?? operation;

// Long names are cut: they label a line.
const nameOf = (name: string): string => name.trim().slice(0, 256).toWellFormed() || "unnamed";

/** Braintrust shows a list of messages; a bare prompt becomes one. */
function messagesOf({ input, operation }: TraceEvent): Json | undefined {
  if (typeof input !== "string" || operation === "embeddings") return input ?? undefined;
  return [{ role: "user", content: input }];
}

function errorText({ status, type, message }: NonNullable<TraceEvent["error"]>): string {
  const code = [status, type].filter((part) => part !== undefined).join(" ");
  return [code, message].filter(Boolean).join(": ") || "failed";
}
