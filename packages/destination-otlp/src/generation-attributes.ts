import type { Json, TraceEvent } from "@tracecast/core";
import { double, jsonText, plainValue } from "./attributes.ts";
import type { Attributes, AttributeValue } from "./attributes.ts";
import { toolDefinitions } from "./genai-messages.ts";
import { errorOf } from "./span-error.ts";
import { providerName } from "./provider-name.ts";

/**
 * What every far end is told of a model call: the GenAI conventions where they have a name, `tracecast.*` where they have none. The messages are
 * not among it: each far end has its own place for them.
 *
 * The costs and the total are under the names that OpenRouter's Broadcast gives them.
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
 * @see https://openrouter.ai/docs/guides/features/broadcast/otel-collector
 */
export function generationAttributes(event: TraceEvent): Attributes {
  return {
    ...parameterAttributes(event),
    ...callAttributes(event),
    ...usageAttributes(event),
    ...costAttributes(event),
    ...keptAttributes(event),
  };
}

function callAttributes(event: TraceEvent): Attributes {
  const { model, timing, finishReason, streamed, generationId } = event;
  const provider = providerName(event);
  const reason = finishReason?.normalized ?? finishReason?.native;
  const toFirstMs = timing.firstTokenMs === undefined ? undefined : timing.firstTokenMs - timing.startMs;
  return {
    "gen_ai.operation.name": operationNames[event.operation],
    "gen_ai.provider.name": provider,
    // The name before version 1.37 of the conventions, which many readers still look for.
    "gen_ai.system": provider,
    "gen_ai.request.model": model.requested,
    "gen_ai.response.model": model.resolved,
    "gen_ai.response.id": generationId,
    "gen_ai.response.finish_reasons": reason === undefined ? undefined : [reason],
    "gen_ai.request.stream": streamed,
    "gen_ai.response.time_to_first_chunk":
      toFirstMs === undefined ? undefined : double(Math.max(0, toFirstMs) / 1000),
    "error.type": errorOf(event)?.type,
    "tracecast.error.status": event.error?.status,
  };
}

const operationNames: Readonly<Record<TraceEvent["operation"], string>> = {
  chat: "chat",
  completion: "text_completion",
  responses: "chat",
  messages: "chat",
  embeddings: "embeddings",
};

function usageAttributes({ usage }: TraceEvent): Attributes {
  if (!usage) return {};
  return {
    "gen_ai.usage.input_tokens": usage.promptTokens,
    "gen_ai.usage.output_tokens": usage.completionTokens,
    "gen_ai.usage.total_tokens": usage.totalTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cachedTokens,
    "gen_ai.usage.cache_creation.input_tokens": usage.cacheWriteTokens,
    "gen_ai.usage.audio.input_tokens": usage.promptAudioTokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
    "gen_ai.usage.audio.output_tokens": usage.completionAudioTokens,
    "gen_ai.usage.image.output_tokens": usage.completionImageTokens,
    "tracecast.usage.cache_write_5m_tokens": usage.cacheWrite5mTokens,
    "tracecast.usage.cache_write_1h_tokens": usage.cacheWrite1hTokens,
  };
}

function costAttributes({ cost }: TraceEvent): Attributes {
  if (!cost) return {};
  return {
    "gen_ai.usage.total_cost": double(cost.totalUsd),
    "gen_ai.usage.input_cost": double(cost.inputUsd),
    "gen_ai.usage.output_cost": double(cost.outputUsd),
    "tracecast.cost.upstream_total": double(cost.upstreamTotalUsd),
    "tracecast.cost.upstream_input": double(cost.upstreamInputUsd),
    "tracecast.cost.upstream_output": double(cost.upstreamOutputUsd),
    "tracecast.cost.byok": cost.byok,
    "tracecast.cost.estimated": cost.estimated,
  };
}

/** What has no name in the conventions. */
function keptAttributes({ id, operation, apiKey, workspaceId, region, ...event }: TraceEvent): Attributes {
  const { provider, finishReason, cancelled, cut, trace } = event;
  return {
    "tracecast.event.id": id,
    "tracecast.operation": operation,
    "tracecast.api_key.hash": apiKey?.hash,
    "tracecast.api_key.name": apiKey?.name,
    "tracecast.workspace.id": workspaceId,
    "tracecast.data_region": region,
    "tracecast.provider": provider,
    "tracecast.native_finish_reason": finishReason?.native,
    "tracecast.cancelled": cancelled,
    "tracecast.cut": cut,
    "tracecast.parent_span_id": trace.parentSpanId,
  };
}

// Which of the request's parameters the conventions have a name for, and of what kind each is there.
const parameterNames: ReadonlyMap<string, readonly [name: string, kind: "double" | "plain"]> = new Map([
  ["temperature", ["gen_ai.request.temperature", "double"]],
  ["top_p", ["gen_ai.request.top_p", "double"]],
  ["top_k", ["gen_ai.request.top_k", "double"]],
  ["frequency_penalty", ["gen_ai.request.frequency_penalty", "double"]],
  ["presence_penalty", ["gen_ai.request.presence_penalty", "double"]],
  ["max_tokens", ["gen_ai.request.max_tokens", "plain"]],
  ["max_completion_tokens", ["gen_ai.request.max_tokens", "plain"]],
  ["seed", ["gen_ai.request.seed", "plain"]],
  ["n", ["gen_ai.request.choice.count", "plain"]],
]);

function parameterAttributes({ parameters, contentParameters = {} }: TraceEvent): Attributes {
  const { tools, stop, ...rest } = contentParameters;
  const attributes: Record<string, AttributeValue | undefined> = {};
  for (const [key, value] of Object.entries({ ...parameters, ...rest })) {
    const [name, kind] = parameterNames.get(key) ?? [`tracecast.request.${key}`, "plain"];
    attributes[name] = kind === "double" && typeof value === "number" ? double(value) : plainValue(value);
  }
  if (tools !== undefined) attributes["gen_ai.tool.definitions"] = jsonText(toolDefinitions(tools));
  if (stop !== undefined) attributes["gen_ai.request.stop_sequences"] = stopSequences(stop);
  return attributes;
}

function stopSequences(stop: Json): AttributeValue | undefined {
  const items = Array.isArray(stop) ? (stop as readonly Json[]) : [stop];
  const texts = items.filter((item) => typeof item === "string");
  return texts.length === items.length ? texts : jsonText(stop);
}
