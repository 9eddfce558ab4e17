import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { Provider } from "@pydantic/genai-prices";
import type { TraceEvent } from "@tracecast/core";
import { costAt, priceOf } from "./own-prices.ts";
import type { EstimatedCost, ModelPrice, PricedTokens } from "./own-prices.ts";

/** Adds to an event what its call cost by a price list, where that can be known. */
export type CostEstimator = (event: TraceEvent) => TraceEvent;

/**
 * An estimator for the provider at a URL. It adds nothing where the provider reported what it charged, and invents nothing: the model and the token counts
 * must be known, and no token may be of a kind that has a price of its own which is not told here.
 * @param prices - the operator's own; for other models, list prices hold where the provider is known
 */
export function costEstimator(upstreamUrl: string, prices: readonly ModelPrice[] = []): CostEstimator {
  const provider = findProvider({ providerApiUrl: upstreamUrl });
  return (event) => {
    const { cost, model } = event;
    const tokens = cost?.totalUsd === undefined ? pricedTokens(event) : undefined;
    if (!tokens) return event;
    const price = priceOf(prices, model);
    const estimate = price ? costAt(price, tokens) : provider && listCost(event, tokens, provider);
    return estimate ? { ...event, cost: { ...cost, ...estimate, estimated: true } } : event;
  };
}

function listCost(
  { model, timing }: TraceEvent,
  tokens: PricedTokens,
  provider: Provider,
): EstimatedCost | undefined {
  const name = model.resolved ?? model.requested;
  if (name === undefined) return undefined;
  const usage = {
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    cache_read_tokens: tokens.cached,
    cache_write_tokens: tokens.cacheWrite,
  };
  const price = calcPrice(usage, name, { provider, timestamp: new Date(timing.startMs) });
  if (!price) return undefined;
  const { total_price: totalUsd, input_price: inputUsd, output_price: outputUsd } = price;
  return { totalUsd, inputUsd, outputUsd };
}

function pricedTokens({ usage, operation }: TraceEvent): PricedTokens | undefined {
  if (!usage) return undefined;
  const { promptTokens, completionTokens, cachedTokens = 0, cacheWriteTokens = 0 } = usage;
  const output = completionTokens ?? (operation === "embeddings" ? 0 : undefined);
  const others = [usage.promptAudioTokens, usage.completionAudioTokens, usage.completionImageTokens];
  // Of what is written for an hour the price lists say nothing.
  if (
    promptTokens === undefined ||
    output === undefined ||
    [...others, usage.cacheWrite1hTokens].some(Boolean)
  )
    return undefined;
  return { input: promptTokens, output, cached: cachedTokens, cacheWrite: cacheWriteTokens };
}
