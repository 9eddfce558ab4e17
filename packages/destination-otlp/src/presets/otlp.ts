import { customHeaders } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { address, tracesAt } from "../endpoint.ts";
import { otlpDestination } from "../otlp-destination.ts";

/**
 * Anything that takes OTLP over HTTP, such as Honeycomb, Axiom, Jaeger, Tempo or Phoenix: an endpoint, headers, and how to put it.
 *
 * - Honeycomb: `https://api.honeycomb.io`, header `x-honeycomb-team`; the service's name is the dataset.
 * - Axiom: `https://api.axiom.co`, headers `authorization` (`Bearer …`) and `x-axiom-dataset`.
 * - Jaeger and Tempo: `http://jaeger:4318`, `http://tempo:4318`; a Tempo with tenants wants the header `x-scope-orgid`.
 * - Phoenix: `http://phoenix:6006`, encoding `protobuf`.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 * @see https://docs.honeycomb.io/send-data/opentelemetry/
 * @see https://axiom.co/docs/send-data/opentelemetry
 * @see https://www.jaegertracing.io/docs/latest/apis
 * @see https://grafana.com/docs/tempo/latest/operations/multitenancy
 */
export const otlp: Destination = otlpDestination({
  type: "otlp",
  name: "OTLP endpoint",
  docsUrl: "https://opentelemetry.io/docs/specs/otlp/",
  config: z.object({
    endpoint: address("https://api.honeycomb.io").meta({
      title: "Endpoint",
      description: "A base address; /v1/traces is added where it is not there.",
    }),
    headers: customHeaders({ credentials: true }),
    serviceName: z.string().trim().min(1, "must not be empty").default("tracecast").meta({
      title: "Service Name",
      description: "The service.name of the traces; some call it a dataset.",
    }),
    encoding: z.enum(["json", "protobuf"]).default("json").meta({ title: "Encoding" }),
    compression: z.enum(["gzip", "none"]).default("gzip").meta({ title: "Compression" }),
  }),
  target: ({ endpoint, headers, serviceName, encoding, compression }) => ({
    url: tracesAt(endpoint),
    headers,
    resource: { "service.name": serviceName },
    encoding,
    compression,
    labels: { address: "Endpoint", key: "key in the Headers" },
  }),
});
