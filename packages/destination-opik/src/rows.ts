import type { TraceEvent } from "@tracecast/core";
import { metadataOf } from "./metadata.ts";
import type { ErrorInfo, Row, SpanRow, TraceRow } from "./row.ts";
import { usageOf } from "./usage.ts";
import { uuidOf } from "./uuid.ts";

/** The trace of an event, one for each. */
export function traceOf(event: TraceEvent): TraceRow {
  return {
    ...common(event, "trace", event.trace.traceName),
    metadata: metadataOf(event),
    tags: event.tags.length > 0 ? event.tags : undefined,
    thread_id: event.sessionId,
    ...resultOf(event),
  };
}

/** The span between trace and generation, where the event names one. */
export function spanOf(event: TraceEvent): SpanRow | undefined {
  const { spanName } = event.trace;
  if (spanName === undefined) return undefined;
  return { ...common(event, "span", spanName), trace_id: idOf(event, "trace"), type: "general" };
}

/** The call itself. */
export function generationOf(event: TraceEvent): SpanRow {
  const { trace, provider, usage, cost, tags } = event;
  const model = modelOf(event);
  return {
    ...common(event, "generation", trace.generationName),
    trace_id: idOf(event, "trace"),
    parent_span_id: trace.spanName === undefined ? undefined : idOf(event, "span"),
    type: "llm",
    // Opik knows models and providers by their own names: `openai/gpt-4o` is its `gpt-4o`.
    model: model?.slice(model.indexOf("/") + 1) || model,
    provider: provider?.toLowerCase(),
    usage: usage && usageOf(usage),
    total_estimated_cost: cost?.totalUsd,
    metadata: metadataOf(event),
    tags: tags.length > 0 ? tags : undefined,
    ...resultOf(event),
  };
}

function common(event: TraceEvent, role: Role, name: string | undefined): Row {
  const { startMs, endMs } = event.timing;
  return {
    id: idOf(event, role),
    // A blank name is refused.
    name: name?.trim() || modelOf(event)?.trim() || event.operation,
    start_time: new Date(startMs).toISOString(),
    end_time: new Date(Math.max(startMs, endMs)).toISOString(),
  };
}

type Role = "trace" | "span" | "generation";

const idOf = ({ id, timing }: TraceEvent, role: Role): string => uuidOf(timing.startMs, id, role);

const modelOf = ({ model }: TraceEvent): string | undefined => model.resolved ?? model.requested;

function resultOf({
  error,
  timing: { startMs, firstTokenMs },
}: TraceEvent): Pick<Row, "error_info" | "ttft"> {
  return {
    error_info: error && errorInfoOf(error),
    ttft: firstTokenMs === undefined ? undefined : Math.max(0, firstTokenMs - startMs),
  };
}

function errorInfoOf({ status, type, message }: NonNullable<TraceEvent["error"]>): ErrorInfo {
  const code = [status, type].filter((part) => part !== undefined).join(" ") || "error";
  return {
    exception_type: type ?? code,
    message,
    traceback: [code, message?.trim()].filter(Boolean).join(": "),
  };
}
