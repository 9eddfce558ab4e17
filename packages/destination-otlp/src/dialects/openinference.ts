import type { TraceEvent } from "@tracecast/core";
import { double, jsonText } from "../attributes.ts";
import type { Attributes } from "../attributes.ts";
import type { Dialect } from "./dialect.ts";
import { groupingAttributes } from "./grouping.ts";
import { messageAttributes } from "./openinference-messages.ts";

/**
 * OpenInference, which Arize and Phoenix read.
 *
 * Source: the npm package `@arizeai/openinference-semantic-conventions`.
 * @see https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 */
export const openInference: Dialect = {
  grouping: (event) =>
    groupingAttributes(event, { metadata: "metadata.", traceName: "tracecast.trace.name", tags: "tag.tags" }),
  generation: (event) => ({
    ...messageAttributes(event),
    ...contentAttributes(event),
    "openinference.span.kind": event.operation === "embeddings" ? "EMBEDDING" : "LLM",
    "llm.model_name": event.model.resolved ?? event.model.requested,
    "llm.provider": event.provider?.toLowerCase(),
    "llm.finish_reason": event.finishReason?.normalized ?? event.finishReason?.native,
    ...figureAttributes(event),
  }),
  wrapper: { "openinference.span.kind": "CHAIN" },
};

function contentAttributes({ input, output, parameters }: TraceEvent): Attributes {
  return {
    "input.value": jsonText(input),
    "input.mime_type": input === undefined ? undefined : "application/json",
    "output.value": jsonText(output),
    "output.mime_type": output === undefined ? undefined : "application/json",
    "llm.invocation_parameters": Object.keys(parameters).length > 0 ? jsonText(parameters) : undefined,
  };
}

function figureAttributes({ usage, cost }: TraceEvent): Attributes {
  return {
    "llm.token_count.prompt": usage?.promptTokens,
    "llm.token_count.completion": usage?.completionTokens,
    "llm.token_count.total": usage?.totalTokens,
    "llm.token_count.prompt_details.cache_read": usage?.cachedTokens,
    "llm.token_count.prompt_details.cache_write": usage?.cacheWriteTokens,
    "llm.token_count.prompt_details.audio": usage?.promptAudioTokens,
    "llm.token_count.completion_details.reasoning": usage?.reasoningTokens,
    "llm.token_count.completion_details.audio": usage?.completionAudioTokens,
    "llm.cost.prompt": double(cost?.inputUsd),
    "llm.cost.completion": double(cost?.outputUsd),
    "llm.cost.total": double(cost?.totalUsd),
  };
}
