import type { TraceEvent } from "@tracecast/core";

/** Metrics by their names; those that are undefined are not written. */
export type Metrics = Readonly<Record<string, number | undefined>>;

/**
 * The metrics of a generation. Times in seconds, tokens as integers, costs in USD; what is not known is not there.
 *
 * `estimated_cost` is the total that Braintrust's own figures give precedence to. It has no key for the cost of input and output; `cost_input`,
 * `cost_output` and `cost` stand beside it, and what the provider behind a reselling gateway charged under the names that Braintrust's OpenRouter
 * integration uses.
 *
 * @see https://github.com/braintrustdata/braintrust-spec, "token and cost metrics"
 */
export function metricsOf({ usage, cost, timing, streamed }: TraceEvent): Metrics {
  const { startMs, firstTokenMs, endMs } = timing;
  const { promptTokens, completionTokens, totalTokens } = usage ?? {};
  return {
    start: startMs / 1000,
    end: Math.max(startMs, endMs) / 1000,
    time_to_first_token:
      streamed && firstTokenMs !== undefined ? Math.max(0, firstTokenMs - startMs) / 1000 : undefined,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    tokens: totalTokens ?? sum(promptTokens, completionTokens),
    prompt_cached_tokens: usage?.cachedTokens,
    prompt_cache_creation_tokens: usage?.cacheWriteTokens,
    prompt_cache_creation_5m_tokens: usage?.cacheWrite5mTokens,
    prompt_cache_creation_1h_tokens: usage?.cacheWrite1hTokens,
    prompt_audio_tokens: usage?.promptAudioTokens,
    completion_reasoning_tokens: usage?.reasoningTokens,
    completion_audio_tokens: usage?.completionAudioTokens,
    completion_image_tokens: usage?.completionImageTokens,
    estimated_cost: cost?.totalUsd,
    cost: cost?.totalUsd,
    cost_input: cost?.inputUsd,
    cost_output: cost?.outputUsd,
    cost_upstream_inference_cost: cost?.upstreamTotalUsd,
    cost_upstream_inference_input_cost: cost?.upstreamInputUsd,
    cost_upstream_inference_output_cost: cost?.upstreamOutputUsd,
  };
}

/** When a root or span of this request's own began and ended, in seconds. */
export function durationOf({ timing: { startMs, endMs } }: TraceEvent): Metrics {
  return { start: startMs / 1000, end: Math.max(startMs, endMs) / 1000 };
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}
