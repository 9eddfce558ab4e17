import { isJsonObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import type { Cost, Usage } from "./event.ts";
import { present } from "./present.ts";

/**
 * Token counts from the `usage` of a chat completion, as OpenAI, OpenRouter and the providers that follow them report it.
 * What is not a count is as if it were not there; `undefined` where nothing is left.
 */
export function usageOf(raw: unknown): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const prompt = objectAt(raw, "prompt_tokens_details");
  const completion = objectAt(raw, "completion_tokens_details");
  const cacheCreation = objectAt(prompt, "cache_creation") ?? objectAt(raw, "cache_creation");
  return present({
    promptTokens: count(raw["prompt_tokens"]),
    completionTokens: count(raw["completion_tokens"]),
    totalTokens: count(raw["total_tokens"]),
    // DeepSeek reports what came from its cache beside the details.
    cachedTokens: count(prompt?.["cached_tokens"]) ?? count(raw["prompt_cache_hit_tokens"]),
    cacheWriteTokens: count(prompt?.["cache_write_tokens"]),
    cacheWrite5mTokens: count(cacheCreation?.["ephemeral_5m_input_tokens"]),
    cacheWrite1hTokens: count(cacheCreation?.["ephemeral_1h_input_tokens"]),
    promptAudioTokens: count(prompt?.["audio_tokens"]),
    reasoningTokens: count(completion?.["reasoning_tokens"]),
    completionAudioTokens: count(completion?.["audio_tokens"]),
    completionImageTokens: count(completion?.["image_tokens"]),
  });
}

/**
 * What a call cost, from the `usage` that OpenRouter and gateways like it report. `cost` is what was charged. With one's own key at the
 * provider (`is_byok`) the provider's charges are no part of it, so that input and output are then unknown.
 *
 * @see https://openrouter.ai/docs/use-cases/usage-accounting
 */
export function costOf(raw: unknown): Cost | undefined {
  if (!isJsonObject(raw)) return undefined;
  const details = objectAt(raw, "cost_details");
  const inputUsd =
    usd(details?.["upstream_inference_prompt_cost"]) ?? usd(details?.["upstream_inference_input_cost"]);
  const outputUsd =
    usd(details?.["upstream_inference_completions_cost"]) ?? usd(details?.["upstream_inference_output_cost"]);
  const byok = typeof raw["is_byok"] === "boolean" ? raw["is_byok"] : undefined;
  const amounts = present({
    totalUsd: usd(raw["cost"]),
    inputUsd: byok ? undefined : inputUsd,
    outputUsd: byok ? undefined : outputUsd,
    upstreamTotalUsd: usd(details?.["upstream_inference_cost"]),
    upstreamInputUsd: inputUsd,
    upstreamOutputUsd: outputUsd,
  });
  return amounts && { ...amounts, ...(byok !== undefined && { byok }) };
}

function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isJsonObject(value) ? value : undefined;
}

/** A count as JSON has it; anything else is none. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function usd(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
