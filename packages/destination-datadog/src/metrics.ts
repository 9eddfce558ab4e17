import type { TraceEvent } from "@tracecast/core";

/**
 * The metrics of a generation: tokens, US dollars, and seconds to the first token. What is undefined is unknown.
 *
 * @see https://github.com/DataDog/dd-trace-js/blob/master/packages/dd-trace/src/llmobs/constants/tags.js for tokens,
 * https://docs.datadoghq.com/llm_observability/monitoring/cost/ for costs
 */
export function metricsOf({ usage, cost, timing }: TraceEvent): Readonly<Record<string, number | undefined>> {
  const { startMs, firstTokenMs } = timing;
  return {
    input_tokens: usage?.promptTokens,
    output_tokens: usage?.completionTokens,
    total_tokens: usage?.totalTokens,
    cache_read_input_tokens: usage?.cachedTokens,
    cache_write_input_tokens: usage?.cacheWriteTokens,
    ephemeral_5m_input_tokens: usage?.cacheWrite5mTokens,
    ephemeral_1h_input_tokens: usage?.cacheWrite1hTokens,
    reasoning_output_tokens: usage?.reasoningTokens,
    input_cost: cost?.inputUsd,
    output_cost: cost?.outputUsd,
    total_cost: cost?.totalUsd,
    time_to_first_token: firstTokenMs === undefined ? undefined : Math.max(0, firstTokenMs - startMs) / 1000,
  };
}
