import type { TraceEvent } from "@tracecast/core";

/**
 * What the GenAI conventions call a provider: their own word where they have one, else its name in lower case. Where nobody named the provider, the
 * vendor in front of the model's name stands for it.
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/registry/attributes/gen-ai.md
 */
export function providerName({ provider, model }: TraceEvent): string | undefined {
  const name = (provider ?? vendorOf(model.resolved ?? model.requested))?.toLowerCase();
  return name === undefined ? undefined : (wellKnown.get(name) ?? name);
}

function vendorOf(model: string | undefined): string | undefined {
  const end = model?.indexOf("/") ?? -1;
  return end > 0 ? model?.slice(0, end) : undefined;
}

const wellKnown: ReadonlyMap<string, string> = new Map([
  ["azure", "azure.ai.openai"],
  ["azure openai", "azure.ai.openai"],
  ["amazon bedrock", "aws.bedrock"],
  ["bedrock", "aws.bedrock"],
  ["google", "gcp.vertex_ai"],
  ["google vertex", "gcp.vertex_ai"],
  ["vertex ai", "gcp.vertex_ai"],
  ["google ai studio", "gcp.gemini"],
  ["mistral", "mistral_ai"],
  ["mistralai", "mistral_ai"],
  ["xai", "x_ai"],
  ["x-ai", "x_ai"],
  ["ibm watsonx", "ibm.watsonx.ai"],
]);
