import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { createHttpClient } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { sampleTraceEvent, startFaultServer } from "@tracecast/destination-testkit";
import { expect, onTestFinished, test } from "vitest";
import { datadog } from "./datadog.ts";
import type { Span } from "./span.ts";

const apiKey = "0123456789abcdef0123456789abcdef";
const require = createRequire(import.meta.url);
const signal = AbortSignal.timeout(30_000);

async function setUp() {
  const server = await startFaultServer();
  server.answerAll({ status: 202, body: "" });
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const connection = datadog.connect({ apiKey, mlApp: "weather-bot", url: server.url }, { http });
  const send = (...events: readonly TraceEvent[]) =>
    connection.send(
      events.map((event) => ({ eventId: event.id, pieces: connection.encode(event) })),
      signal,
    );
  return { server, connection, send };
}

interface Body {
  readonly data: { readonly type: string; readonly attributes: { readonly spans: readonly Span[] } };
}

async function spansFor(...events: readonly TraceEvent[]): Promise<readonly Span[]> {
  const { server, send } = await setUp();
  expect(await send(...events)).toEqual({ outcome: { status: "delivered" } });
  return (JSON.parse(server.requests[0]?.body ?? "") as Body).data.attributes.spans;
}

/** The vendor's own client in a process of its own, for it patches the one it runs in. */
async function spanOfClient(): Promise<Span> {
  const { server } = await setUp();
  const options = {
    url: server.url,
    plugins: false,
    startupLogs: false,
    telemetry: { enabled: false },
    remoteConfig: { enabled: false },
    llmobs: { mlApp: "weather-bot", agentlessEnabled: false },
  };
  const call = {
    kind: "llm",
    name: "Check Weather",
    modelName: "gpt-5-mini",
    modelProvider: "OpenAI",
    sessionId: "s",
  };
  const toolCalls = [
    { name: "get_weather", arguments: { city: "Zürich" }, toolId: "call_1", type: "function" },
  ];
  const annotation = {
    inputData: [{ role: "user", content: "Rain?" }],
    outputData: [{ role: "assistant", content: "", toolCalls }],
    metadata: { temperature: 0.2 },
    toolDefinitions: [{ name: "get_weather", description: "The forecast.", schema: { type: "object" } }],
    metrics: {
      inputTokens: 3,
      outputTokens: 4,
      totalTokens: 7,
      cacheReadTokens: 1,
      reasoningOutputTokens: 2,
      total_cost: 0.5,
    },
    tags: { user_id: "u" },
  };
  const client = require.resolve("dd-trace");
  const script = `
    const { llmobs } = require(${JSON.stringify(client)}).init(${JSON.stringify(options)});
    llmobs.trace(${JSON.stringify(call)}, () => llmobs.annotate(${JSON.stringify(annotation)}));
    llmobs.flush();`;
  await promisify(execFile)(process.execPath, ["--input-type=commonjs", "-e", script]);
  const sent = server.requests.find(({ path }) => path.endsWith("/llmobs"));
  const [payload] = JSON.parse(sent?.body ?? "[]") as { spans: Span[] }[];
  const [span] = payload?.spans ?? [];
  if (!span) throw new Error("dd-trace sent no span");
  return span;
}

test("a span says what the vendor's own client says of the same call, in the same words", async () => {
  const [span] = await spansFor({
    ...sampleTraceEvent(),
    model: { resolved: "openai/gpt-5-mini" },
    sessionId: "s",
    user: "u",
    tags: [],
    input: [{ role: "user", content: "Rain?" }],
    output: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "call_1",
              type: "function",
              function: { name: "get_weather", arguments: '{"city":"Zürich"}' },
            },
          ],
        },
      },
    ],
    parameters: { temperature: 0.2 },
    contentParameters: {
      tools: [
        {
          type: "function",
          function: { name: "get_weather", description: "The forecast.", parameters: { type: "object" } },
        },
      ],
    },
    usage: { promptTokens: 3, completionTokens: 4, totalTokens: 7, cachedTokens: 1, reasoningTokens: 2 },
    cost: { totalUsd: 0.5 },
    timing: { startMs: 1_767_323_045_100, endMs: 1_767_323_045_200 },
    trace: { generationName: "Check Weather", metadata: {} },
  });
  const theirs = await spanOfClient();
  const { name, parent_id, status, session_id, metrics, meta } = theirs;
  expect(span).toMatchObject({ name, parent_id, status, session_id, metrics });
  const { input, output, metadata, tool_definitions } = meta;
  expect(tool_definitions).toHaveLength(1);
  expect(span?.meta).toMatchObject({ input, output, metadata, tool_definitions });
  expect(theirs.tags).toEqual(expect.arrayContaining([...(span?.tags ?? [])]));
  const { _dd: _internal, ...fields } = { _dd: undefined, ...theirs };
  expect(Object.keys(span ?? {}).sort()).toEqual(Object.keys(fields).sort());
});

test("names make a root, a workflow and a generation, times in nanoseconds", async () => {
  const spans = await spansFor(sampleTraceEvent());
  const [root, span, generation] = spans;
  expect(spans.map(({ name, meta }) => [name, meta.kind])).toEqual([
    ["Trip Planning", "workflow"],
    ["Packing List", "workflow"],
    ["Check Weather", "llm"],
  ]);
  expect(root).toMatchObject({ parent_id: "undefined", trace_id: "workflow_12345" });
  expect(root).not.toHaveProperty("metrics");
  expect([span?.parent_id, generation?.parent_id]).toEqual([root?.span_id, span?.span_id]);
  expect(generation).toMatchObject({
    span_id: sampleTraceEvent().id,
    start_ns: 1_767_323_045_100_000_000,
    duration: 2_380_000_000,
    metrics: { total_cost: 0.000_549_6, time_to_first_token: 0.42 },
    tags: ["user_id:user_12345", "session_id:session_67890", "production", "weather"],
  });
});

test("requests of one trace share its root and spans, each sent once", async () => {
  const second = { ...sampleTraceEvent(), id: "019b7c8e-5f6c-7a31-9d24-000000000002" };
  const spans = await spansFor(sampleTraceEvent(), second);
  expect(spans.map(({ meta }) => meta.kind)).toEqual(["workflow", "workflow", "llm", "llm"]);
  expect(spans[2]?.parent_id).toBe(spans[3]?.parent_id);
});

test("under a caller's own span there is no root of ours", async () => {
  const trace = { traceId: "T", parentSpanId: "P", traceName: "N", metadata: {} };
  const spans = await spansFor(sampleTraceEvent({ trace }));
  expect(spans).toMatchObject([{ trace_id: "T", parent_id: "P" }]);
});

test("a custom key does not take the place of one of ours", async () => {
  const [span] = await spansFor(
    sampleTraceEvent({ trace: { metadata: { model_name: "mine", feature: "x" } } }),
  );
  expect(span?.meta.metadata).toMatchObject({
    model_name: "gpt-5-mini-2025-08-07",
    "trace.model_name": "mine",
    feature: "x",
  });
});

test("texts of a message are joined, and what is no text goes as JSON", async () => {
  const [, , span] = await spansFor(sampleTraceEvent());
  expect(span?.meta.input).toMatchObject({
    messages: [
      {},
      { content: "Do I need an umbrella here tomorrow? 🌂\n[image omitted: image/png, 123 KB]" },
    ],
  });
  expect(span?.meta.output).toMatchObject({
    messages: [
      { role: "reasoning" },
      { role: "assistant", content: "", tool_calls: [{ name: "get_weather" }] },
    ],
  });
  const [embedding] = await spansFor(
    sampleTraceEvent({
      operation: "embeddings",
      input: ["a", "b"],
      output: undefined,
      trace: { metadata: {} },
    }),
  );
  expect(embedding?.meta.input).toEqual({ value: '["a","b"]' });
});

test("of tools, functions stand in Datadog's own form, and what has no place in it in the metadata", async () => {
  const strict = { type: "function", function: { name: "f", strict: true } };
  const builtIn = { type: "web_search" };
  const plain = { type: "function", function: { name: "g" } };
  const contentParameters = { tools: [strict, builtIn, plain] };
  const [span] = await spansFor(sampleTraceEvent({ contentParameters, trace: { metadata: {} } }));
  expect(span?.meta).toMatchObject({
    tool_definitions: [{ name: "g" }],
    metadata: { tools: [strict, builtIn] },
  });
});

test("a message says its content, its refusal and what was spoken", async () => {
  const message = { content: "Well.", refusal: "I may not.", audio: { id: "a", transcript: "Sorry." } };
  const [span] = await spansFor(sampleTraceEvent({ output: [{ message }], trace: { metadata: {} } }));
  expect(span?.meta.output).toEqual({
    messages: [{ role: "assistant", content: "Well.\nI may not.\nSorry." }],
  });
});

test("a failure is the span's error, a comma does not part a tag", async () => {
  const error = { status: 429, type: "rate_limited", message: "slow down" };
  const [span] = await spansFor(sampleTraceEvent({ error, tags: ["a,b"], trace: { metadata: {} } }));
  expect(span).toMatchObject({
    status: "error",
    meta: { error: { type: "rate_limited", message: "slow down" } },
  });
  expect(span?.tags).toContain("a_b");
});

test("a span that is too large leaves its content behind and keeps its figures", async () => {
  const large = "x".repeat(6_000_000);
  const [span] = await spansFor(sampleTraceEvent({ input: large, trace: { metadata: {} } }));
  expect(span?.meta).not.toHaveProperty("input");
  expect(span).toMatchObject({
    metrics: { input_tokens: 1200 },
    meta: { metadata: { cut: ["input", "output", "contentParameters"] } },
  });
});

test("the connection test asks for the key's validity only", async () => {
  const { server, connection } = await setUp();
  server.answer({ status: 403, body: { errors: ["Forbidden"] } }, { body: { valid: true } });
  expect(await connection.test(signal)).toMatchObject({
    ok: false,
    message: expect.stringContaining("paste the Api Key again") as string,
  });
  expect(await connection.test(signal)).toEqual({ ok: true, message: "Datadog knows this key." });
  expect(server.requests[0]).toMatchObject({
    method: "GET",
    path: "/api/v1/validate",
    headers: { "dd-api-key": apiKey },
  });
});
