import type { Json, TraceEvent } from "@tracecast/core";
import { reasoningIn, systemPromptIn } from "./texts.ts";

/** Properties by their names; what is undefined is unknown. */
export type Properties = Readonly<Record<string, Json | undefined>>;

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
    parameters: { ...event.parameters, ...event.contentParameters },
    // Source: the vendor's own example has it there, https://www.raindrop.ai/docs/sdk/go
    system_prompt: systemPromptIn(event.input),
    reasoning: reasoningIn(event.output),
    generation_id: event.generationId,
    finish_reason: finishReason?.native ?? finishReason?.normalized,
    normalized_finish_reason: finishReason?.normalized,
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
    cache_write_5m_tokens: usage?.cacheWrite5mTokens,
    cache_write_1h_tokens: usage?.cacheWrite1hTokens,
    prompt_audio_tokens: usage?.promptAudioTokens,
    reasoning_tokens: usage?.reasoningTokens,
    completion_audio_tokens: usage?.completionAudioTokens,
    completion_image_tokens: usage?.completionImageTokens,
    total_cost: cost?.totalUsd,
    input_cost: cost?.inputUsd,
    output_cost: cost?.outputUsd,
    upstream_total_cost: cost?.upstreamTotalUsd,
    upstream_input_cost: cost?.upstreamInputUsd,
    upstream_output_cost: cost?.upstreamOutputUsd,
    is_byok: cost?.byok,
    cost_is_estimated: cost?.estimated,
    duration_ms: Math.max(0, endMs - startMs),
    time_to_first_token_ms: firstTokenMs === undefined ? undefined : Math.max(0, firstTokenMs - startMs),
  };
}

function groupingOf({ apiKey, workspaceId, region, tags, trace }: TraceEvent): Properties {
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
    data_region: region,
  };
}
