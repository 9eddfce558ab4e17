import type { TraceEvent } from "@tracecast/core";

/** What the tokens of some models cost, in USD a million. */
export interface ModelPrice {
  /** The models it is for; `*` stands for anything. */
  readonly model: string;
  readonly input: number;
  readonly output: number;
  /** What is read from a cache; absent: not known. */
  readonly cached?: number | undefined;
  /** What is written to one; absent: not known. */
  readonly cacheWrite?: number | undefined;
}

/** Token counts, what is cached and what is written to a cache being part of the input. */
export interface PricedTokens {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly cacheWrite: number;
}

/** What a call cost, in USD. */
export interface EstimatedCost {
  readonly inputUsd: number;
  readonly outputUsd: number;
  readonly totalUsd: number;
}

/** The first price that is for a model: for the one that answered, else for the one that was asked for. */
export function priceOf(
  prices: readonly ModelPrice[],
  { resolved, requested }: TraceEvent["model"],
): ModelPrice | undefined {
  for (const name of [resolved, requested]) {
    const found = name === undefined ? undefined : prices.find(({ model }) => fits(name, model));
    if (found) return found;
  }
  return undefined;
}

/** What tokens cost at a price; undefined where some of them are of a kind that it does not name. */
export function costAt(price: ModelPrice, tokens: PricedTokens): EstimatedCost | undefined {
  const { input, output, cached, cacheWrite } = tokens;
  const isUnknown =
    (price.cached === undefined && cached > 0) || (price.cacheWrite === undefined && cacheWrite > 0);
  if (isUnknown || cached + cacheWrite > input) return undefined;
  const others = cached * (price.cached ?? 0) + cacheWrite * (price.cacheWrite ?? 0);
  const inputUsd = ((input - cached - cacheWrite) * price.input + others) / 1e6;
  const outputUsd = (output * price.output) / 1e6;
  return { inputUsd, outputUsd, totalUsd: inputUsd + outputUsd };
}

/** Whether a name fits a pattern: its parts between the stars stand in it one behind the other. */
function fits(name: string, pattern: string): boolean {
  const [start = "", ...parts] = pattern.split("*");
  const end = parts.pop();
  if (end === undefined) return name === pattern;
  if (!name.startsWith(start)) return false;
  let at = start.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - end.length >= at && name.endsWith(end);
}
