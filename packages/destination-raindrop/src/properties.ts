import type { Json, TraceEvent } from "@tracecast/core";

type Properties = Readonly<Record<string, Json | undefined>>;

/** The properties of an event. Custom keys keep their names; one that has the name of one of ours becomes `trace.<key>`. */
export function propertiesOf(event: TraceEvent): Properties {
  const own: Properties = {
    ...callOf(event),
    ...figuresOf(event),
    ...groupingOf(event),
    source: "tracecast",
  };
  const custom = Object.entries(event.trace.metadata).map(
    ([key, value]) => [Object.hasOwn(own, key) || key === "convo_id" ? `trace.${key}` : key, value] as const,
  );
  return { ...Object.fromEntries(custom), ...own };
}

function callOf({ model, finishReason, error, ...event }: TraceEvent): Properties {
  return {
    model: model.resolved ?? model.requested,
    model_requested: model.requested,
    provider: event.provider,
    operation: event.operation,
    parameters: event.parameters,
    generation_id: event.generationId,
    finish_reason: finishReason?.native ?? finishReason?.normalized,
    streamed: event.streamed,
    cancelled: event.cancelled,
    error_status: error?.status,
    error_type: error?.type,
    error_message: error?.message,
    cut: event.cut,
  };
}

/** Tokens, US dollars, milliseconds. */
function figuresOf({ usage, cost, timing: { startMs, firstTokenMs, endMs } }: TraceEvent): Properties {
  return {
    prompt_tokens: usage?.promptTokens,
    completion_tokens: usage?.completionTokens,
    total_tokens: usage?.totalTokens,
    cached_tokens: usage?.cachedTokens,
    cache_write_tokens: usage?.cacheWriteTokens,
    reasoning_tokens: usage?.reasoningTokens,
    total_cost: cost?.totalUsd,
    input_cost: cost?.inputUsd,
    output_cost: cost?.outputUsd,
    cost_is_estimated: cost?.estimated,
    duration_ms: Math.max(0, endMs - startMs),
    time_to_first_token_ms: firstTokenMs === undefined ? undefined : Math.max(0, firstTokenMs - startMs),
  };
}

function groupingOf({ apiKey, workspaceId, tags, trace }: TraceEvent): Properties {
  return {
    trace_id: trace.traceId,
    trace_name: trace.traceName,
    span_name: trace.spanName,
    generation_name: trace.generationName,
    parent_span_id: trace.parentSpanId,
    tags: tags.length > 0 ? tags : undefined,
    api_key_hash: apiKey?.hash,
    api_key_name: apiKey?.name,
    workspace_id: workspaceId,
  };
}
