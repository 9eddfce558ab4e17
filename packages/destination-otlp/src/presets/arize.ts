import { customHeaders, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { openInference } from "../dialects/openinference.ts";
import { address, tracesAt } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

/**
 * Arize AX. Whether it reads JSON is not documented, and its sibling Phoenix refuses it, so it is sent Protocol Buffers; nor is gzip, so nothing is compressed. Over HTTP the headers are
 * `arize-api-key` and `arize-space-id`; the project is an attribute of the resource (`model_id` for older spaces).
 *
 * @see https://arize.com/docs/ax/integrations/opentelemetry/opentelemetry-arize-otel
 * @see https://github.com/agentgateway/website/pull/981, "The authentication header names differ by protocol"
 */
export const arize: Destination = otlpDestination({
  type: "arize",
  name: "Arize AX",
  docsUrl: "https://arize.com/docs/ax/integrations/opentelemetry/opentelemetry-arize-otel",
  dialect: openInference,
  config: z.object({
    apiKey: secret().meta({ title: "Api Key" }),
    spaceKey: secret().meta({ title: "Space Key", description: "The space's id, from its settings." }),
    modelId: z
      .string({ error: "is required" })
      .trim()
      .min(1, "is required")
      .meta({ title: "Project Name", description: "Made by the first trace where there is none." }),
    baseUrl: address("https://otlp.arize.com")
      .default("https://otlp.arize.com")
      .meta({ title: "Base Url", description: "https://otlp.eu-west-1a.arize.com in the EU." }),
    headers: customHeaders(),
  }),
  target: ({ apiKey, spaceKey, modelId, baseUrl, headers }) => ({
    url: tracesAt(baseUrl),
    credentials: { "arize-api-key": apiKey, "arize-space-id": spaceKey },
    headers,
    resource: { "openinference.project.name": modelId, model_id: modelId },
    encoding: "protobuf",
    compression: "none",
    labels: { address: "Base Url", key: "Api Key with this Space Key" },
  }),
});
