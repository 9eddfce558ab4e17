import { customHeaders, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { address, tracesAt } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

/**
 * Elastic Observability, through the managed OTLP endpoint of Elastic Cloud. An APM Server reads no JSON; the type `otlp` with the encoding
 * `protobuf` serves it.
 * @see https://www.elastic.co/docs/reference/opentelemetry/motlp
 * @see https://openrouter.ai/docs/guides/features/broadcast/elastic
 */
export const elastic: Destination = otlpDestination({
  type: "elastic",
  name: "Elastic Observability",
  docsUrl: "https://www.elastic.co/docs/reference/opentelemetry/motlp",
  config: z.object({
    endpoint: address("https://my-project.ingest.us-east-1.aws.elastic.cloud:443").meta({
      title: "Endpoint",
      description: "The managed OTLP endpoint, from Add data > Application > OpenTelemetry in Kibana.",
    }),
    apiKey: secret().meta({ title: "Api Key", description: "An encoded key that may write traces." }),
    headers: customHeaders(),
  }),
  target: ({ endpoint, apiKey, headers }) => ({
    url: tracesAt(endpoint),
    credentials: { authorization: `ApiKey ${apiKey}` },
    headers,
    labels: { address: "Endpoint", key: "Api Key" },
  }),
});
