import type { TraceEvent } from "@tracecast/core";
import { jsonText, knownFigures } from "../attributes.ts";
import type { Attributes } from "../attributes.ts";
import { errorOf } from "../span-error.ts";
import type { Dialect } from "./dialect.ts";
import { groupingAttributes } from "./grouping.ts";

/**
 * Langfuse's own names for what it shows. It takes a message as OpenAI writes it.
 *
 * Source: `LangfuseOtelSpanAttributes` of the npm package `@langfuse/core`, and how the server reads them:
 * @see https://github.com/langfuse/langfuse/blob/main/packages/shared/src/server/otel/OtelIngestionProcessor.ts
 */
export const langfuseDialect: Dialect = {
  grouping: (event) => ({
    ...groupingAttributes(event, {
      metadata: "langfuse.trace.metadata.",
      traceName: "langfuse.trace.name",
      tags: "langfuse.trace.tags",
    }),
    "langfuse.environment": environmentOf(event),
    "langfuse.release": textAt(event, "release"),
  }),
  generation: (event) => ({
    "langfuse.observation.type": event.operation === "embeddings" ? "embedding" : "generation",
    "langfuse.observation.input": jsonText(event.input),
    "langfuse.observation.output": jsonText(event.output),
    "langfuse.observation.model.name": event.model.resolved ?? event.model.requested,
    "langfuse.observation.model.parameters": parametersOf(event),
    "langfuse.observation.usage_details": jsonText(usageOf(event)),
    "langfuse.observation.cost_details": jsonText(costOf(event)),
    "langfuse.observation.completion_start_time": firstTokenOf(event),
    ...levelOf(event),
  }),
  wrapper: { "langfuse.observation.type": "span" },
};

function levelOf(event: TraceEvent): Attributes {
  const error = errorOf(event);
  return {
    "langfuse.observation.level": error ? "ERROR" : "DEFAULT",
    "langfuse.observation.status_message": error?.message ?? error?.type,
  };
}

function textAt({ trace }: TraceEvent, key: string): string | undefined {
  const value = trace.metadata[key];
  return typeof value === "string" ? value : undefined;
}

/** Langfuse refuses an observation whose environment it may not be called; such a one stays metadata. */
function environmentOf(event: TraceEvent): string | undefined {
  const name = textAt(event, "environment");
  return name !== undefined && /^(?!langfuse)[a-z0-9_-]{1,40}$/.test(name) ? name : undefined;
}

function parametersOf({ parameters }: TraceEvent): Attributes[string] {
  return Object.keys(parameters).length > 0 ? jsonText(parameters) : undefined;
}

/** Langfuse adds up all counts whose names begin alike, so each token stands in one of them. */
function usageOf({ usage }: TraceEvent): Readonly<Record<string, number>> | undefined {
  if (!usage) return undefined;
  const { promptTokens, completionTokens, cachedTokens, cacheWriteTokens, promptAudioTokens } = usage;
  const { reasoningTokens, completionAudioTokens } = usage;
  return knownFigures({
    input: without(promptTokens, cachedTokens, cacheWriteTokens, promptAudioTokens),
    input_cached_tokens: cachedTokens,
    input_cache_creation: cacheWriteTokens,
    input_audio_tokens: promptAudioTokens,
    output: without(completionTokens, reasoningTokens, completionAudioTokens),
    output_reasoning_tokens: reasoningTokens,
    output_audio_tokens: completionAudioTokens,
    total: usage.totalTokens,
  });
}

function without(count: number | undefined, ...parts: readonly (number | undefined)[]): number | undefined {
  if (count === undefined) return undefined;
  return Math.max(
    0,
    parts.reduce<number>((rest, part) => rest - (part ?? 0), count),
  );
}

function costOf({ cost }: TraceEvent): Readonly<Record<string, number>> | undefined {
  return knownFigures({ input: cost?.inputUsd, output: cost?.outputUsd, total: cost?.totalUsd });
}

function firstTokenOf({ timing: { firstTokenMs } }: TraceEvent): string | undefined {
  return firstTokenMs === undefined ? undefined : new Date(firstTokenMs).toISOString();
}
