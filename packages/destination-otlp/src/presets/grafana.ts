import { customHeaders, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { basicAuth } from "../basic-auth.ts";
import { address, at } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

/**
 * Grafana Cloud, through its OTLP gateway.
 * @see https://grafana.com/docs/grafana-cloud/send-data/otlp/send-data-otlp/
 */
export const grafana: Destination = otlpDestination({
  type: "grafana",
  name: "Grafana Cloud",
  docsUrl: "https://grafana.com/docs/grafana-cloud/send-data/otlp/send-data-otlp/",
  config: z.object({
    apiKey: secret().meta({ title: "Api Key", description: "glc_…, with the scope traces:write." }),
    instanceId: z
      .string({ error: "is required" })
      .trim()
      .regex(/^\d+$/, "must be a number, from the stack's OpenTelemetry page")
      .meta({ title: "Instance Id", description: "A number, from the stack's OpenTelemetry page." }),
    baseUrl: address("https://otlp-gateway-prod-us-west-0.grafana.net")
      .default("https://otlp-gateway-prod-us-west-0.grafana.net")
      .meta({ title: "Base Url", description: "The gateway of the stack's zone." }),
    headers: customHeaders(),
  }),
  target: ({ apiKey, instanceId, baseUrl, headers }) => ({
    url: at(baseUrl.replace(/\/otlp\/*$/, ""), "/otlp/v1/traces"),
    credentials: basicAuth(instanceId, apiKey),
    headers,
    labels: { address: "Base Url", key: "Api Key with this Instance Id" },
  }),
});
