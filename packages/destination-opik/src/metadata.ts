import type { Json, TraceEvent } from "@tracecast/core";

type Fields = Readonly<Record<string, Json | undefined>>;

/** The metadata of a trace and of its generation. A custom key that has the name of one of ours is kept as `trace.<key>`. */
export function metadataOf(event: TraceEvent): Fields {
  const own: Fields = {
    ...event.contentParameters,
    ...event.parameters,
    ...callOf(event),
    ...groupingOf(event),
  };
  const custom = Object.entries(event.trace.metadata).map(
    ([key, value]) => [Object.hasOwn(own, key) ? `trace.${key}` : key, value] as const,
  );
  return { ...Object.fromEntries(custom), ...own };
}

function callOf({ model, cost, finishReason, ...event }: TraceEvent): Fields {
  return {
    operation: event.operation,
    generation_id: event.generationId,
    model_requested: model.requested,
    model_resolved: model.resolved,
    provider: event.provider,
    finish_reason: finishReason?.normalized,
    native_finish_reason: finishReason?.native,
    streamed: event.streamed,
    cancelled: event.cancelled,
    cost: cost && { ...cost },
    error_status: event.error?.status,
    cut: event.cut,
  };
}

function groupingOf({ id, user, sessionId, apiKey, workspaceId, region, trace }: TraceEvent): Fields {
  return {
    event_id: id,
    user_id: user,
    session_id: sessionId,
    api_key_hash: apiKey?.hash,
    api_key_name: apiKey?.name,
    workspace_id: workspaceId,
    data_region: region,
    trace_id: trace.traceId,
    parent_span_id: trace.parentSpanId,
  };
}
