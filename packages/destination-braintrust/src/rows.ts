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

function rootRow(event: TraceEvent, placement: Placement, place: RowPlace): Row {
  return {
    ...common(event, placement, place),
    span_attributes: { name: nameOf(event.trace.traceName ?? modelOf(event)), type: "task" },
    metadata: rootMetadata(event),
    ...taggedWith(event),
    ...(placement.ownsRoot && { metrics: durationOf(event) }),
  };
}

function spanRow(event: TraceEvent, placement: Placement, place: RowPlace): Row {
  return {
    ...common(event, placement, place),
    span_attributes: { name: nameOf(event.trace.spanName ?? ""), type: "task" },
    metadata: {},
    ...(placement.ownsRoot && { metrics: durationOf(event) }),
  };
}

function generationRow(event: TraceEvent, placement: Placement): Row {
  const isRoot = placement.generation.parents.length === 0;
  const hasTagRow = isRoot || placement.root !== undefined;
  return {
    ...common(event, placement, placement.generation),
    span_attributes: { name: nameOf(event.trace.generationName ?? modelOf(event)), type: "llm" },
    ...(isThere(event.input) && { input: messagesOf(event.input, event.operation) }),
    ...(isThere(event.output) && { output: event.output }),
    ...(event.error && { error: errorText(event.error) }),
    metadata: generationMetadata(event, hasTagRow),
    ...(isRoot && taggedWith(event)),
    metrics: metricsOf(event),
    context: { span_origin: { name: "tracecast", version, instrumentation: { name: "tracecast-gateway" } } },
  };
}

function common(event: TraceEvent, { rootSpanId }: Placement, { id, spanId, parents }: RowPlace) {
  return {
    id,
    span_id: spanId,
    root_span_id: rootSpanId,
    span_parents: parents,
    _is_merge: true as const,
    created: new Date(event.timing.startMs).toISOString(),
  };
}

/** Distinct tags, as they are once they are clean: the API takes none twice, and no empty list. */
function taggedWith({ tags }: TraceEvent): Pick<Row, "tags"> {
  const distinct = new Set(tags.map((tag) => wellFormed(tag) as string).filter(Boolean));
  return distinct.size > 0 ? { tags: [...distinct] } : {};
}

const modelOf = ({ model, operation }: TraceEvent): string => model.resolved ?? model.requested ?? operation;

// Long names are cut: they label a line.
const nameOf = (name: string): string => name.trim().slice(0, 256).toWellFormed() || "unnamed";

// A null would overwrite what a merge finds.
const isThere = (value: Json | undefined): value is Json => value !== undefined && value !== null;

/** Braintrust shows a list of messages; a bare prompt becomes one. */
function messagesOf(input: Json, operation: TraceEvent["operation"]): Json {
  return typeof input === "string" && operation !== "embeddings" ? [{ role: "user", content: input }] : input;
}

function errorText({ status, type, message }: NonNullable<TraceEvent["error"]>): string {
  const code = [status, type].filter((part) => part !== undefined).join(" ");
  return [code, message].filter(Boolean).join(": ") || "failed";
}
