import type { Destination } from "@tracecast/core";
import { destinationContract } from "@tracecast/destination-testkit";
import type { FaultAnswer } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { arize, elastic, grafana, langfuse, langsmith, otelCollector, otlp } from "./index.ts";
import { ramp, sentry, weave, webhook } from "./index.ts";
import { newRelicAt } from "./presets/newrelic.ts";

const accepted: FaultAnswer = { body: { partialSuccess: {} } };
const acceptedBinary: FaultAnswer = { headers: { "content-type": "application/x-protobuf" }, body: "" };
const headers = { "x-team": "blue-team-of-four" };
const apiKey = "contract-key-0123456789";

interface Kept {
  readonly destination: Destination;
  readonly config: (url: string) => Readonly<Record<string, unknown>>;
  readonly send?: FaultAnswer;
  readonly test?: FaultAnswer;
  readonly readsAnswers?: boolean;
}

const kept: readonly Kept[] = [
  {
    destination: otelCollector,
    config: (url) => ({ endpoint: `${url}/v1/traces`, headers: { authorization: `Bearer ${apiKey}` } }),
  },
  { destination: otlp, config: (url) => ({ endpoint: url, headers: { "x-honeycomb-team": apiKey } }) },
  {
    destination: webhook,
    config: (url) => ({
      url: `${url}/hook`,
      signingSecret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      headers,
    }),
    readsAnswers: false,
  },
  {
    destination: langfuse,
    config: (url) => ({
      secretKey: "sk-lf-0123456789ab",
      publicKey: "pk-lf-0123456789ab",
      baseUrl: url,
      headers,
    }),
    test: ({ method }) =>
      method === "GET" ? { body: { data: [{ id: "p1", name: "Contract" }] } } : { body: {} },
  },
  {
    destination: langsmith,
    config: (url) => ({
      apiKey,
      endpoint: url,
      workspaceId: "8c3ae5f2-7d1b-4f5e-9a53-2b1f0f9c1a11",
      headers,
    }),
    send: acceptedBinary,
  },
  { destination: grafana, config: (url) => ({ apiKey, instanceId: "123456", baseUrl: url, headers }) },
  {
    destination: arize,
    config: (url) => ({
      apiKey,
      spaceKey: "space-key-0123456789",
      modelId: "contract",
      baseUrl: url,
      headers,
    }),
    send: acceptedBinary,
  },
  {
    destination: sentry,
    config: (url) => ({
      otlpEndpoint: `${url}/api/1/integration/otlp/v1/traces`,
      dsn: "https://0123456789abcdef@o0.ingest.sentry.io/1",
      headers,
    }),
  },
  {
    destination: weave,
    config: (url) => ({ apiKey, entity: "acme", project: "contract", baseUrl: url, headers }),
    send: acceptedBinary,
  },
  { destination: ramp, config: (url) => ({ apiKey, baseUrl: `${url}/ai-usage/openrouter`, headers }) },
  { destination: elastic, config: (url) => ({ apiKey, endpoint: url, headers }) },
];

for (const { destination, config, send = accepted, test: testReply = send, readsAnswers = true } of kept) {
  destinationContract({
    describe,
    test,
    destination,
    config,
    reply: { test: testReply, send },
    readsAnswers,
  });
}

// Its addresses are New Relic's own, so each far end of the contract gets a destination that is told another one.
let newRelicUrl = "";
destinationContract({
  describe,
  test,
  destination: newRelicAt({
    get us() {
      return newRelicUrl;
    },
    eu: "http://127.0.0.1:9/v1/traces",
  }),
  config: (url) => {
    newRelicUrl = `${url}/v1/traces`;
    return { licenseKey: apiKey, headers };
  },
  reply: { test: accepted, send: accepted },
});
