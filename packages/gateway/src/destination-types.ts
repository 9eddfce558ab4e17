import type { Destination } from "@tracecast/core";
import { braintrust } from "@tracecast/destination-braintrust";
import { datadog } from "@tracecast/destination-datadog";
import { consoleDestination, file } from "@tracecast/destination-file";
import { opik } from "@tracecast/destination-opik";
import {
  arize,
  elastic,
  grafana,
  langfuse,
  langsmith,
  newrelic,
  otelCollector,
  otlp,
  ramp,
  sentry,
  weave,
  webhook,
} from "@tracecast/destination-otlp";
import { posthog } from "@tracecast/destination-posthog";
import { raindrop } from "@tracecast/destination-raindrop";
import { s3 } from "@tracecast/destination-s3";
import { bigquery, clickhouse, snowflake } from "@tracecast/destination-warehouse";

/** The destination types that settings may name. */
export const destinationTypes: readonly Destination[] = [
  braintrust,
  arize,
  bigquery,
  clickhouse,
  consoleDestination,
  datadog,
  elastic,
  file,
  grafana,
  langfuse,
  langsmith,
  newrelic,
  opik,
  otelCollector,
  otlp,
  posthog,
  raindrop,
  ramp,
  s3,
  sentry,
  snowflake,
  weave,
  webhook,
];
