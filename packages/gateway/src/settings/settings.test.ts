import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { destinationTypes } from "../destination-types.ts";
import { defaultLimits } from "./limits.ts";
import { readSettings } from "./settings.ts";

function configFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "tracecast.yaml");
  writeFileSync(path, text);
  return path;
}

const read = (environment: Record<string, string>, yaml?: string) =>
  readSettings(environment, destinationTypes, yaml === undefined ? undefined : configFile(yaml));

const projectId = "7a41ecf5-4698-4b9a-9937-4ad334cb6b90";

test("without anything set: the demo provider on the usual port, and no destination", () => {
  expect(read({})).toEqual({
    data: { folder: resolve(".tracecast") },
    privateNetworks: "refuse",
    host: "127.0.0.1",
    port: 8787,
    destinations: [],
    types: destinationTypes,
  });
});

test("a config file declares provider and destinations under the names of the management API", () => {
  const settings = read(
    { BRAINTRUST_API_KEY: "sk-1" },
    `
upstream:
  url: https://openrouter.ai/api/v1
  region: eu
destinations:
  - name: Production
    type: braintrust
    config: { apiKey: "\${BRAINTRUST_API_KEY}", projectId: ${projectId} }
    workspace: team-b
    regions: [eu, us]
    privacy_mode: true
    enabled: false
    sampling_rate: 0.5
    api_key_hashes: [${"a".repeat(64)}]
    excluded_api_key_hashes: [${"b".repeat(64)}]
    filter_rules: { groups: [{ rules: [{ field: total_cost, operator: gte, value: 0.01 }] }] }
    redaction: { detectors: [email], paths: ["**.password"], replace_with: hash }
`,
  );
  expect(settings.upstream).toEqual({
    url: "https://openrouter.ai/api/v1",
    tracingFields: "strip",
    streamUsage: "ask",
    region: "europe",
  });
  expect(settings.destinations).toMatchObject([
    {
      name: "Production",
      config: { apiKey: "sk-1", projectId },
      workspace: "team-b",
      regions: ["europe", "us"],
      privacyMode: true,
      enabled: false,
      samplingRate: 0.5,
      apiKeyHashes: ["a".repeat(64)],
      excludedApiKeyHashes: ["b".repeat(64)],
      filterRules: {
        groups: [{ rules: [{ field: "total_cost", operator: "gte", value: 0.01 }] }],
      },
      redaction: { detectors: ["email"], paths: ["**.password"], replaceWith: "hash" },
    },
  ]);
});

test("the environment names the provider and Braintrust; a file that declares Braintrust is not doubled", () => {
  const environment = {
    TRACECAST_UPSTREAM_URL: "http://127.0.0.1:1",
    BRAINTRUST_API_KEY: "k",
    BRAINTRUST_PROJECT_ID: "p",
  };
  expect(
    read(
      environment,
      "upstream: { url: https://elsewhere.example, tracing_fields: keep, stream_usage: never }",
    ),
  ).toMatchObject({
    upstream: { url: "http://127.0.0.1:1", tracingFields: "keep", streamUsage: "never" },
    destinations: [{ name: "Braintrust", config: { apiKey: "k", projectId: "p" } }],
  });
  const declared = "destinations: [{ name: P, type: braintrust, config: { apiKey: k, projectId: p } }]";
  expect(read(environment, declared).destinations.map(({ name }) => name)).toEqual(["P"]);
});

test("prices are read in their order", () => {
  const yaml =
    "prices: { b: { input: 1, output: 2, cache_write: 3 }, a*: { input: 0, output: 0, cached: 0 } }";
  expect(read({}, yaml).prices).toEqual([
    { model: "b", input: 1, output: 2, cacheWrite: 3 },
    { model: "a*", input: 0, output: 0, cached: 0 },
  ]);
});

test("limits that are not set are the defaults", () => {
  expect(read({}, "limits: { max_body_bytes: 1048576 }").limits).toEqual({
    ...defaultLimits,
    maxBodyBytes: 1_048_576,
  });
});

test.each([
  [{ TRACECAST_PORT: "eighty" }, undefined, 'TRACECAST_PORT is "eighty"; it must be a port from 0 to 65535.'],
  [{ TRACECAST_PORT: "70000" }, undefined, "it must be a port"],
  [{ TRACECAST_ALLOW_PRIVATE_NETWORKS: "yes" }, undefined, "it must be true or false."],
  [{ TRACECAST_MANAGEMENT_KEY: "short" }, undefined, "must have at least 20 characters"],
  [
    { TRACECAST_UPSTREAM_URL: "openrouter" },
    undefined,
    "it must be an http(s) URL such as https://openrouter.ai/api/v1.",
  ],
  [
    { TRACECAST_UPSTREAM_URL: "https://me:sk-0123@provider.example" },
    undefined,
    "The provider's URL must not hold a user or a password; clients bring its key, or it is set as TRACECAST_UPSTREAM_API_KEY.",
  ],
  [{}, 'upstream: { url: "https://sk-0123@provider.example" }', "must not hold a user or a password"],
  [
    { TRACECAST_UPSTREAM_API_KEY: "sk-0123" },
    undefined,
    "TRACECAST_UPSTREAM_API_KEY is set but no provider is; set TRACECAST_UPSTREAM_URL too.",
  ],
  [
    { TRACECAST_UPSTREAM_API_KEY: "sk 0123", TRACECAST_UPSTREAM_URL: "https://provider.example" },
    undefined,
    "TRACECAST_UPSTREAM_API_KEY must be printable ASCII without spaces.",
  ],
  [{}, "limits: { max_body_bytes: 10 }", "limits.max_body_bytes: must be at least 1024."],
  [{}, "limits: { max_stream_ms: soon }", "limits.max_stream_ms: must be a number."],
  [{}, "limits: { max_foo: 1 }", 'limits: has no setting "max_foo".'],
  [{}, "limits:", "limits: must be an object."],
  [{}, "prices: { a: { input: 1 } }", "prices.a.output: is missing."],
  [{}, "plugins: ./acme.js", "plugins: must be a list."],
  [
    {},
    "management: { test_before_save: never }",
    "management.test_before_save: must be one of always, page.",
  ],
  [
    {},
    "destinations: [{ name: a, type: console, config: {}, sampling_rate: 7 }]",
    "destinations[0].sampling_rate: must be at most 1.",
  ],
  [{ BRAINTRUST_API_KEY: "k" }, undefined, "BRAINTRUST_API_KEY is set but BRAINTRUST_PROJECT_ID is not"],
  [{ BRAINTRUST_PROJECT_ID: "p" }, undefined, "BRAINTRUST_PROJECT_ID is set but BRAINTRUST_API_KEY is not"],
  [
    {},
    'destinations: [{ name: P, type: braintrust, config: { apiKey: "${MY_KEY}" } }]',
    "destinations[0].config.apiKey asks for the environment variable MY_KEY, which is not set.",
  ],
  [{}, "destinations: [{ name: P, type: brain, config: {} }]", 'has the type "brain", which is not one of: '],
  [{}, "destinations: [{ name: P, type: braintrust, config: {}, privacy: true }]", "destinations[0]: "],
  [
    {},
    "destinations: [{ name: P, type: braintrust, config: {}, filter_rules: { groups: [{ rules: [{ field: model, operator: gt, value: 1 }] }] } }]",
    "destinations[0].filter_rules.groups[0].rules[0].operator: does not fit, for model is a text",
  ],
  [
    {},
    'destinations: [{ name: P, type: braintrust, config: {}, privacy_mode: "true" }]',
    "destinations[0].privacy_mode: ",
  ],
  [{}, "upstream: { url: ftp://x }", "upstream.url: must be an http(s) URL"],
  [{}, "limits: { max_stream_ms: 0 }", "limits.max_stream_ms: "],
  [{}, "limits: { max_body: 5000 }", "limits: "],
  [{}, "prices: { m: { input: 1 } }", "prices.m.output: "],
  [{}, "a: [1", "is not YAML"],
  [{}, "- 1", "the file: "],
] as const)("%j with %j is refused with one sentence", (environment, yaml, message) => {
  expect(() => read(environment, yaml)).toThrow(message);
});

test("a file that is not there is named, and a broken one is not quoted", () => {
  expect(() => readSettings({}, destinationTypes, "/nowhere/tracecast.yaml")).toThrow(
    "/nowhere/tracecast.yaml cannot be read (ENOENT); --config must name a YAML file.",
  );
  let message = "";
  try {
    read({}, `apiKey: "sk-secret-key\n  x: : :`);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toContain("is not YAML");
  expect(message).not.toContain("sk-secret");
});
