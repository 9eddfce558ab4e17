import { secret } from "./management-rig.ts";

/** Good settings for every type that the published clients know and we have. */
export const configs: Readonly<Record<string, Record<string, unknown>>> = {
  arize: { apiKey: secret, spaceKey: secret, modelId: "m" },
  braintrust: { apiKey: secret, projectId: "p" },
  clickhouse: { host: "https://clickhouse.example.com:8443", password: secret },
  datadog: { apiKey: secret, mlApp: "app" },
  grafana: { apiKey: secret, instanceId: "123" },
  langfuse: { secretKey: secret, publicKey: secret },
  langsmith: { apiKey: secret },
  newrelic: { licenseKey: secret },
  opik: { apiKey: secret, workspace: "w", projectName: "p" },
  "otel-collector": { endpoint: "https://collector.example.com" },
  posthog: { apiKey: "phc_0123456789abcdef" },
  ramp: { apiKey: secret },
  s3: { bucketName: "traces", accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: secret },
  sentry: {
    dsn: "https://0123456789abcdef@o0.ingest.sentry.io/1",
    otlpEndpoint: "https://o0.ingest.sentry.io/v1/traces",
  },
  snowflake: { account: "myorg-account123", token: secret },
  weave: { apiKey: secret, entity: "e", project: "p" },
  webhook: { url: "https://example.com/hook", headers: { "x-key": secret } },
};
