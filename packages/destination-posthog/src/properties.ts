import { isJsonObject } from "@tracecast/core";
import type { Json, TraceEvent } from "@tracecast/core";
import { traceIdOf } from "./trace-id.ts";

type Properties = Readonly<Record<string, unknown>>;

/** The properties of an event, but for `$ai_input`, `$ai_output_choices` and `$ai_tools`. What is undefined is unknown. */
export function propertiesOf(event: TraceEvent): Properties {
  return {
    ...metadataOf(event),
    ...callOf(event),
    ...figuresOf(event),
    ...groupingOf(event),
    $lib: "tracecast",
    $ai_lib: "tracecast",
    // The address PostHog sees is the gateway's, not the user's.
    $geoip_disable: true,
  };
}

function callOf(event: TraceEvent): Properties {
  const { model, provider, parameters, contentParameters, finishReason, error } = event;
  const { tools: _tools, ...otherParameters } = contentParameters ?? {};
  return {
    $ai_model: model.resolved ?? model.requested,
    model_requested: model.requested,
    $ai_provider: provider?.toLowerCase(),
    $ai_model_parameters: { ...parameters, ...otherParameters },
    $ai_completion_id: event.generationId,
    $ai_stop_reason: finishReason?.native ?? finishReason?.normalized,
    finish_reason: finishReason?.normalized,
    $ai_stream: event.streamed,
    ...(error && { $ai_is_error: true, $ai_error: error, $ai_http_status: error.status }),
    operation: event.operation,
    cancelled: event.cancelled,
    cut: event.cut,
  };
}

/** Tokens, US dollars, seconds. */
function figuresOf({ usage, cost, timing }: TraceEvent): Properties {
  const { startMs, firstTokenMs, endMs } = timing;
  return {
    $ai_input_tokens: usage?.promptTokens,
    $ai_output_tokens: usage?.completionTokens,
    $ai_total_tokens: usage?.totalTokens,
    $ai_cache_read_input_tokens: usage?.cachedTokens,
    $ai_cache_creation_input_tokens: usage?.cacheWriteTokens,
    $ai_reasoning_tokens: usage?.reasoningTokens,
    // An event's prompt tokens include the cached ones, whoever the provider is.
    // Source: https://posthog.com/docs/ai-observability/calculating-costs, "Cache token accounting"
    $ai_cache_reporting_exclusive: usage && false,
    $ai_input_cost_usd: cost?.inputUsd,
    $ai_output_cost_usd: cost?.outputUsd,
    $ai_total_cost_usd: cost?.totalUsd,
    $ai_latency: Math.max(0, endMs - startMs) / 1000,
    $ai_time_to_first_token:
      firstTokenMs === undefined ? undefined : Math.max(0, firstTokenMs - startMs) / 1000,
    usage,
    cost,
  };
}

function groupingOf(event: TraceEvent): Properties {
  const { user, sessionId, apiKey, workspaceId, region, tags, trace } = event;
  const traceId = traceIdOf(event);
  return {
    $ai_trace_id: traceId,
    ...(trace.traceId !== traceId && { trace_id: trace.traceId }),
    $ai_span_id: event.id,
    $ai_span_name: trace.generationName,
    $ai_parent_id: trace.traceId && trace.parentSpanId,
    $ai_session_id: sessionId,
    trace_name: trace.traceName,
    // Without a user there is nobody to keep a profile of.
    ...(user === undefined && { $process_person_profile: false }),
    api_key_hash: apiKey?.hash,
    api_key_name: apiKey?.name,
    workspace_id: workspaceId,
    data_region: region,
    tags: tags.length > 0 ? tags : undefined,
  };
}

function metadataOf({ trace }: TraceEvent): Properties {
  const keys = { ...trace.metadata, span_name: trace.spanName, parent_span_id: trace.parentSpanId };
  const known = Object.entries(keys).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [`metadata_${key}`, shallow(value as Json, 3)]));
}

/** A value with nothing nested deeper than `levels`. */
function shallow(value: Json, levels: number): Json {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return "[truncated]";
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => shallow(item, levels - 1));
  if (!isJsonObject(value)) return null;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, child && shallow(child, levels - 1)]),
  );
}
