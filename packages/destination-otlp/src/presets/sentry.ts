import { customHeaders } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { conventionsWith } from "../dialects/conventions.ts";
import { address } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

const dsnPattern = /^https?:\/\/([^:@]+)(?::[^@]*)?@([^/]+)(?:\/[^/]+)*\/(\d+)\/?$/;

/**
 * Sentry. It drops attributes whose names begin with `trace.`, and span events; so what groups traces has other names here, and an error's message
 * stands in the status.
 * @see https://docs.sentry.io/concepts/otlp/direct/traces/
 * @see https://openrouter.ai/docs/guides/features/broadcast
 */
export const sentry: Destination = otlpDestination({
  type: "sentry",
  name: "Sentry",
  docsUrl: "https://docs.sentry.io/concepts/otlp/",
  dialect: conventionsWith({ metadata: "metadata.", traceName: "tracecast.trace.name", tags: "tags" }),
  config: z.object({
    otlpEndpoint: address("https://o0.ingest.sentry.io/api/0/integration/otlp/v1/traces").meta({
      title: "OTLP Endpoint",
      description: "The address for traces, from the project's Client Keys (DSN).",
    }),
    dsn: z
      .string({ error: "is required" })
      .trim()
      .regex(dsnPattern, "must be the project's DSN, such as https://key@o0.ingest.sentry.io/0")
      .meta({ title: "DSN", description: "From the project's Client Keys (DSN)." }),
    headers: customHeaders(),
  }),
  target: ({ otlpEndpoint, dsn, headers }) => ({
    url: otlpEndpoint,
    credentials: { "x-sentry-auth": `sentry sentry_key=${dsnPattern.exec(dsn)?.[1] ?? ""}` },
    headers,
    labels: { address: "OTLP Endpoint", key: "DSN" },
  }),
});
