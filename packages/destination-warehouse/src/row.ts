import { jsonFragment } from "@tracecast/core";
import type { Json, TraceEvent } from "@tracecast/core";
import type { Column } from "./columns.ts";

/** A row of the table. */
export type Row = Partial<Readonly<Record<Column, string | number | readonly string[] | undefined>>>;

/**
 * An event as a row, the columns that hold JSON as JSON text. Ids are the raw ones. What a column is missing for stands in ATTRIBUTES; names and
 * custom keys of the trace in METADATA.
 */
export function rowOf(event: TraceEvent): Row {
  const { trace, timing, usage, cost, model, finishReason, error } = event;
  return {
    TRACE_ID: trace.traceId ?? event.id,
    SPAN_ID: event.id,
    PARENT_SPAN_ID: trace.parentSpanId,
    USER_ID: event.user,
    SESSION_ID: event.sessionId,
    API_KEY_NAME: event.apiKey?.name,
    TIMESTAMP: utc(timing.startMs),
    START_TIME: utc(timing.startMs),
    END_TIME: utc(timing.endMs),
    DURATION_MS: Math.max(0, timing.endMs - timing.startMs),
    MODEL: model.resolved ?? model.requested,
    PROVIDER_NAME: event.provider,
    SPAN_TYPE: "GENERATION",
    STATUS: error ? "error" : "ok",
    LEVEL: error ? "ERROR" : "DEFAULT",
    FINISH_REASON: finishReason?.normalized,
    PROMPT_TOKENS: usage?.promptTokens,
    COMPLETION_TOKENS: usage?.completionTokens,
    TOTAL_TOKENS: usage?.totalTokens,
    CACHED_TOKENS: usage?.cachedTokens,
    REASONING_TOKENS: usage?.reasoningTokens,
    INPUT_COST: cost?.inputUsd,
    OUTPUT_COST: cost?.outputUsd,
    TOTAL_COST: cost?.totalUsd,
    ATTRIBUTES: JSON.stringify(attributesOf(event)),
    INPUT: content("messages", event.input),
    OUTPUT: content("choices", event.output),
    METADATA: JSON.stringify(metadataOf(event)),
    MODEL_PARAMETERS: JSON.stringify({ ...event.parameters, ...event.contentParameters }),
    TAGS: event.tags,
  };
}

/** A list under the name that it has in a request or an answer, anything else as it is. */
function content(list: string, value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = jsonFragment(value);
  return Array.isArray(value) ? `{"${list}":${text}}` : text;
}

function metadataOf({ trace }: TraceEvent) {
  const { traceId, traceName, spanName, generationName, metadata } = trace;
  return {
    ...metadata,
    trace_id: traceId,
    trace_name: traceName,
    span_name: spanName,
    generation_name: generationName,
  };
}

function attributesOf(event: TraceEvent) {
  const { timing, error } = event;
  return {
    operation: event.operation,
    generation_id: event.generationId,
    model_requested: event.model.requested,
    api_key_hash: event.apiKey?.hash,
    workspace_id: event.workspaceId,
    data_region: event.region,
    streamed: event.streamed,
    cancelled: event.cancelled,
    first_token_ms: timing.firstTokenMs === undefined ? undefined : timing.firstTokenMs - timing.startMs,
    finish_reason_native: event.finishReason?.native,
    error: error && { status: error.status, type: error.type, message: error.message },
    usage: event.usage,
    cost: event.cost,
    cut: event.cut,
  };
}

/** `2026-01-02 03:04:05.100`, which all take for a time in UTC. */
const utc = (epochMs: number) => new Date(epochMs).toISOString().replace("T", " ").slice(0, -1);
