import { customHeaders, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { address } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

/**
 * Ramp, which counts what AI costs. The base address itself takes the exports; the key goes as a bearer token. Neither is in Ramp's public
 * documentation: the address is the default that OpenRouter's Broadcast names, and that the endpoint wants an OAuth token is told by others. That it
 * takes gzip nobody says, so nothing is compressed.
 * @see https://openrouter.ai/docs/guides/features/broadcast/ramp
 */
export const ramp: Destination = otlpDestination({
  type: "ramp",
  name: "Ramp",
  docsUrl: "https://docs.ramp.com/",
  config: z.object({
    apiKey: secret().meta({ title: "Api Key", description: "From Ramp's settings of the integration." }),
    baseUrl: address("https://api.ramp.com/developer/v1/ai-usage/openrouter")
      .default("https://api.ramp.com/developer/v1/ai-usage/openrouter")
      .meta({ title: "Base Url", description: "Only change it if Ramp says so." }),
    headers: customHeaders(),
  }),
  target: ({ apiKey, baseUrl, headers }) => ({
    url: baseUrl,
    credentials: { authorization: `Bearer ${apiKey}` },
    headers,
    compression: "none",
    labels: { address: "Base Url", key: "Api Key" },
  }),
});
