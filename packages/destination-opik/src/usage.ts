import type { Usage } from "@tracecast/core";

// The counts are Java integers: a larger one would have the whole batch refused.
const maxCount = 2 ** 31 - 1;

/**
 * Token counts by the names that Opik's own OpenAI integration gives them, which Opik reckons costs from where none was reported.
 *
 * @see https://github.com/comet-ml/opik/blob/main/apps/opik-backend/src/main/java/com/comet/opik/domain/cost/SpanCostCalculator.java
 */
export function usageOf(usage: Usage): Readonly<Record<string, number>> {
  const counts: Readonly<Record<string, number | undefined>> = {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    "original_usage.prompt_tokens": usage.promptTokens,
    "original_usage.completion_tokens": usage.completionTokens,
    "original_usage.total_tokens": usage.totalTokens,
    "original_usage.prompt_tokens_details.cached_tokens": usage.cachedTokens,
    "original_usage.prompt_tokens_details.cache_write_tokens": usage.cacheWriteTokens,
    "original_usage.prompt_tokens_details.cache_write_5m_tokens": usage.cacheWrite5mTokens,
    "original_usage.prompt_tokens_details.cache_write_1h_tokens": usage.cacheWrite1hTokens,
    "original_usage.prompt_tokens_details.audio_tokens": usage.promptAudioTokens,
    "original_usage.completion_tokens_details.reasoning_tokens": usage.reasoningTokens,
    "original_usage.completion_tokens_details.audio_tokens": usage.completionAudioTokens,
    "original_usage.completion_tokens_details.image_tokens": usage.completionImageTokens,
  };
  const known = Object.entries(counts).filter((entry): entry is [string, number] => isCount(entry[1]));
  return Object.fromEntries(known);
}

const isCount = (value: number | undefined): boolean => value !== undefined && value <= maxCount;
