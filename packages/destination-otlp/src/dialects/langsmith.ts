import type { JsonObject, TraceEvent } from "@tracecast/core";
import { jsonText, knownFigures } from "../attributes.ts";
import type { Dialect } from "./dialect.ts";
import { groupingAttributes } from "./grouping.ts";

/**
 * LangSmith's own names. Inputs and outputs are a request and an answer as OpenAI writes them, as its own client sends them.
 *
 * Source: `experimental/otel` of the npm package `langsmith`, and the table of what LangSmith reads:
 * @see https://docs.langchain.com/langsmith/trace-with-opentelemetry
 */
export const langsmithDialect: Dialect = {
  grouping: (event) => ({
    ...groupingAttributes(event, {
      metadata: "langsmith.metadata.",
      traceName: "langsmith.metadata.trace_name",
      tags: "langsmith.span.tags",
    }),
    // Threads are found by this key of the metadata.
    "langsmith.metadata.session_id": event.sessionId,
    "langsmith.metadata.user_id": event.user,
    "langsmith.span.tags": event.tags.length > 0 ? event.tags.join(", ") : undefined,
  }),
  generation: (event) => ({
    "langsmith.span.kind": event.operation === "embeddings" ? "embedding" : "llm",
    "gen_ai.prompt": jsonText(event.input, event.operation === "chat" ? "messages" : "input"),
    "gen_ai.completion": jsonText(event.output, event.operation === "chat" ? "choices" : "output"),
    "langsmith.usage_metadata": jsonText(usageOf(event)),
    "langsmith.metadata.ls_model_name": event.model.resolved ?? event.model.requested,
  }),
  wrapper: { "langsmith.span.kind": "chain" },
};

/** The names are those of `UsageMetadata` in LangSmith's client. */
function usageOf({ usage, cost }: TraceEvent): JsonObject | undefined {
  if (!usage && !cost) return undefined;
  const input = knownFigures({
    cache_read: usage?.cachedTokens,
    cache_creation: usage?.cacheWriteTokens,
    audio: usage?.promptAudioTokens,
  });
  const output = knownFigures({ reasoning: usage?.reasoningTokens, audio: usage?.completionAudioTokens });
  return {
    ...knownFigures({
      input_tokens: usage?.promptTokens,
      output_tokens: usage?.completionTokens,
      total_tokens: usage?.totalTokens,
      input_cost: cost?.inputUsd,
      output_cost: cost?.outputUsd,
      total_cost: cost?.totalUsd,
    }),
    ...(input && { input_token_details: input }),
    ...(output && { output_token_details: output }),
  };
}
