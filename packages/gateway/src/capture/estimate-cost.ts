import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { Provider } from "@pydantic/genai-prices";
import type { TraceEvent } from "@tracecast/core";

/** Adds to an event what its call cost by list prices, where that can be known. */
export type CostEstimator = (event: TraceEvent) => TraceEvent;

/**
 * An estimator for the provider at a URL. It adds nothing where the provider reported what it charged, and invents nothing: the provider, the model
 * and the token counts must be known, and no token may be of a kind that has a price of its own which is not told here.
 */
export function costEstimator(upstreamUrl: string): CostEstimator {
  const provider = findProvider({ providerApiUrl: upstreamUrl });
  return (event) => (provider ? withEstimate(event, provider) : event);
}

function withEstimate(event: TraceEvent, provider: Provider): TraceEvent {
  const { cost, model, timing } = event;
  const name = model.resolved ?? model.requested;
  const usage = cost?.totalUsd === undefined ? pricedUsage(event) : undefined;
  if (name === undefined || !usage) return event;
  const price = calcPrice(usage, name, { provider, timestamp: new Date(timing.startMs) });
  if (!price) return event;
  const { total_price: totalUsd, input_price: inputUsd, output_price: outputUsd } = price;
  return { ...event, cost: { ...cost, totalUsd, inputUsd, outputUsd, estimated: true } };
}

function pricedUsage({ usage, operation }: TraceEvent): Record<string, number | undefined> | undefined {
  if (!usage) return undefined;
  const { promptTokens, completionTokens, cachedTokens, cacheWriteTokens } = usage;
  const output = completionTokens ?? (operation === "embeddings" ? 0 : undefined);
  const others = [usage.promptAudioTokens, usage.completionAudioTokens, usage.completionImageTokens];
  // Of what is written for an hour the list prices say nothing.
  if (
    promptTokens === undefined ||
    output === undefined ||
    [...others, usage.cacheWrite1hTokens].some(Boolean)
  )
    return undefined;
  return {
    input_tokens: promptTokens,
    output_tokens: output,
    cache_read_tokens: cachedTokens,
    cache_write_tokens: cacheWriteTokens,
  };
}
