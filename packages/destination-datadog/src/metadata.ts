import type { Json, TraceEvent } from "@tracecast/core";
import { toolsOf } from "./tool-definitions.ts";

type Fields = Readonly<Record<string, Json | undefined>>;

/** The model that answered, else the one that was asked for. */
export const modelOf = ({ model }: TraceEvent): string | undefined => model.resolved ?? model.requested;

/** The metadata of a generation. A custom key that has the name of one of ours is kept as `trace.<key>`. */
export function metadataOf(event: TraceEvent): Fields {
  const { tools, ...contentParameters } = event.contentParameters ?? {};
  const { others } = toolsOf(tools);
  const own: Fields = {
    ...contentParameters,
    ...(others.length > 0 && { tools: others }),
    ...event.parameters,
    ...callOf(event),
    ...originOf(event),
  };
  const custom = Object.entries(event.trace.metadata).map(
    ([key, value]) => [Object.hasOwn(own, key) ? `trace.${key}` : key, value] as const,
  );
  return { ...Object.fromEntries(custom), ...own };
}

function callOf(event: TraceEvent): Fields {
  const { model, provider, usage, cost, finishReason, error } = event;
  const slug = modelOf(event);
  return {
    // Datadog knows models and providers by their own names: `openai/gpt-4o` is its `gpt-4o`.
    model_name: slug?.slice(slug.indexOf("/") + 1) || slug,
    model_provider: provider?.toLowerCase(),
    model_slug: slug,
    model_requested: model.requested,
    operation: event.operation,
    finish_reason: finishReason?.normalized,
    native_finish_reason: finishReason?.native,
    streamed: event.streamed,
    cancelled: event.cancelled,
    error_status: error?.status,
    audio_input_tokens: usage?.promptAudioTokens,
    audio_output_tokens: usage?.completionAudioTokens,
    image_output_tokens: usage?.completionImageTokens,
    upstream_total_cost: cost?.upstreamTotalUsd,
    upstream_input_cost: cost?.upstreamInputUsd,
    upstream_output_cost: cost?.upstreamOutputUsd,
    is_byok: cost?.byok,
    cost_is_estimated: cost?.estimated,
  };
}

function originOf({ id, generationId, apiKey, workspaceId, region, user, trace, cut }: TraceEvent): Fields {
  return {
    event_id: id,
    generation_id: generationId,
    api_key_hash: apiKey?.hash,
    api_key_name: apiKey?.name,
    workspace_id: workspaceId,
    data_region: region,
    // As it was given: Datadog lower-cases the tag.
    user_id: user,
    parent_span_id: trace.parentSpanId,
    cut,
  };
}
