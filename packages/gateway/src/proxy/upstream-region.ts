import type { Region } from "@tracecast/core";

/**
 * Where a provider at a URL serves calls, as far as its host tells: OpenRouter's has a name for each region. Undefined: it does not.
 */
export function upstreamRegion(url: string): Region | undefined {
  const { hostname } = new URL(url);
  if (hostname === "eu.openrouter.ai") return "europe";
  return hostname === "us.openrouter.ai" ? "us" : undefined;
}
