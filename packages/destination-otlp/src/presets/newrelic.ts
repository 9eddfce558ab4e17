import { customHeaders, secret } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { otlpDestination } from "../otlp-destination.ts";

const endpoints = {
  us: "https://otlp.nr-data.net/v1/traces",
  eu: "https://otlp.eu01.nr-data.net/v1/traces",
} as const;

/**
 * New Relic. It takes requests of 1 MB and texts of 4095 characters.
 * @see https://docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp/
 * @see https://docs.newrelic.com/docs/more-integrations/open-source-telemetry-integrations/opentelemetry/best-practices/opentelemetry-best-practices-attributes/
 */
export const newrelic: Destination = newRelicAt(endpoints);

/** New Relic at the given addresses: tests have no others to give it. */
export function newRelicAt(addresses: Readonly<Record<"us" | "eu", string>>): Destination {
  return otlpDestination({
    type: "newrelic",
    name: "New Relic",
    docsUrl: "https://docs.newrelic.com/docs/opentelemetry/best-practices/opentelemetry-otlp/",
    limits: { maxPieces: 512, maxBytes: 1_000_000 },
    maxTextLength: 4095,
    config: z.object({
      licenseKey: secret().meta({ title: "License Key", description: "An ingest license key." }),
      region: z.enum(["us", "eu"]).default("us").meta({ title: "Region" }),
      headers: customHeaders(),
    }),
    target: ({ licenseKey, region, headers }) => ({
      url: addresses[region],
      credentials: { "api-key": licenseKey },
      headers,
      labels: { address: "Region", key: "License Key" },
    }),
  });
}
