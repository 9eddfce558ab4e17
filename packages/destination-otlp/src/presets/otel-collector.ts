import { customHeaders } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { address, tracesAt } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

/**
 * An OpenTelemetry Collector. The endpoint is the whole address; only one without any path gets `/v1/traces`.
 *
 * The collector's receiver takes gzip, and bodies of up to 20 MiB unless it is told otherwise.
 * @see https://github.com/open-telemetry/opentelemetry-collector/blob/main/config/confighttp/README.md
 */
export const otelCollector: Destination = otlpDestination({
  type: "otel-collector",
  name: "OpenTelemetry Collector",
  docsUrl: "https://opentelemetry.io/docs/collector/",
  limits: { maxPieces: 512, maxBytes: 16 * 1024 * 1024 },
  config: z.object({
    endpoint: address("https://collector.example.com:4318/v1/traces").meta({
      title: "Endpoint",
      description:
        "The whole address that takes traces, such as https://collector.example.com:4318/v1/traces.",
    }),
    headers: customHeaders({ credentials: true }),
  }),
  target: ({ endpoint, headers }) => ({
    url: new URL(endpoint).pathname === "/" ? tracesAt(endpoint) : endpoint,
    headers,
    labels: { address: "Endpoint", key: "authorization in the Headers" },
  }),
});
