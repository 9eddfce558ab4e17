import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createHttpClient } from "@tracecast/core";
import { otlp } from "@tracecast/destination-otlp";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, onTestFinished, test } from "vitest";
import { startGateway } from "../src/gateway.ts";

const run = promisify(execFile);
const key = "tc-mgmt-0123456789abcdefghij";
const headers = { authorization: `Bearer ${key}` };

async function setUp() {
  const gateway = await startGateway({
    host: "127.0.0.1",
    port: 0,
    destinations: [],
    data: { folder: mkdtempSync(join(tmpdir(), "tracecast-otlp-")), managementKey: key },
  });
  onTestFinished(async () => {
    await gateway.close({ answersTimeoutMs: 1000, deliveryTimeoutMs: 1000 });
  });
  const untilTraces = async (count: number) => {
    await expect.poll(() => gateway.localTraces.list().length).toBe(count);
    return gateway.localTraces.list();
  };
  const post = (body: string, more: Readonly<Record<string, string>> = headers) =>
    fetch(`${gateway.url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json", ...more },
      body,
    });
  return { url: `${gateway.url}/v1/traces`, untilTraces, post };
}

test.each(["json", "protobuf"])(
  "takes model calls from OpenTelemetry's own exporter in %s",
  async (encoding) => {
    const { url, untilTraces } = await setUp();
    const program = fileURLToPath(new URL("otlp-client.ts", import.meta.url));
    const { stdout: traceId } = await run(process.execPath, [
      "--import",
      import.meta.resolve("tsx"),
      program,
      url,
      key,
      encoding,
    ]);
    const [event, ...others] = await untilTraces(1);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      operation: "chat",
      model: { requested: "gpt-4o", resolved: "gpt-4o-2024-08-06" },
      provider: "openai",
      usage: { promptTokens: 12, completionTokens: 3, totalTokens: 15 },
      parameters: { temperature: 0.5 },
      finishReason: { normalized: "tool_calls", native: "tool_calls" },
      sessionId: "conversation 1",
      input: [{ role: "user", content: "Weather in Zürich?" }],
      output: [
        {
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "c1", function: { name: "weather", arguments: '{"city":"Zürich"}' } }],
          },
        },
      ],
      trace: { traceId, generationName: "chat gpt-4o" },
    });
  },
);

test("what one Tracecast sends by OTLP, another takes for the same event", async () => {
  const { url, untilTraces } = await setUp();
  const http = createHttpClient();
  onTestFinished(() => http.close());
  for (const encoding of ["json", "protobuf"]) {
    const connection = otlp.connect({ endpoint: url, encoding, headers }, { http });
    const sent = sampleTraceEvent();
    const batch = [{ eventId: sent.id, pieces: connection.encode(sent) }];
    expect(await connection.send(batch, new AbortController().signal)).toEqual({
      outcome: { status: "delivered" },
    });
    const [event] = await untilTraces(1);
    const { id, operation, model, usage, timing, user, sessionId, tags, generationId, cost } = sent;
    expect(event).toMatchObject({ id, operation, model, usage, timing, user, sessionId, tags, generationId });
    expect(event?.cost).toMatchObject({ totalUsd: cost?.totalUsd });
  }
});

/** A span as OpenRouter's Broadcast sends it: figures as texts, content as texts of JSON. */
const openRouterSpan = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  name: "LLM Generation",
  kind: 3,
  startTimeUnixNano: "1767323045100000000",
  endTimeUnixNano: "1767323047600000000",
  attributes: Object.entries({
    "gen_ai.operation.name": "chat",
    "gen_ai.system": "openai",
    "gen_ai.request.model": "openai/gpt-4o",
    "gen_ai.usage.input_tokens": "20",
    "gen_ai.usage.output_tokens": "7",
    "gen_ai.usage.total_cost": "0.0002",
    "gen_ai.usage.input_tokens.cached": "5",
    "gen_ai.response.finish_reason": "stop",
    "gen_ai.prompt": JSON.stringify({ messages: [{ role: "user", content: "Hi" }] }),
    "gen_ai.completion": JSON.stringify({ completion: "Hello.", reasoning: "They greet.", toolCalls: [] }),
    "user.id": "user_12345",
    "session.id": "session_abc",
    "trace.tags": '["a","b"]',
    "trace.metadata.feature": "greeting",
    "trace.metadata.openrouter.provider_name": "Azure",
    "trace.metadata.openrouter.first_token_ms": 400,
  }).map(([name, value]) => ({
    key: name,
    value: typeof value === "number" ? { intValue: value } : { stringValue: value },
  })),
  status: { code: 1 },
};
const exportOf = (...spans: unknown[]) =>
  JSON.stringify({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }] });

test("takes what OpenRouter's Broadcast sends to a webhook, once however often it is sent", async () => {
  const { untilTraces, post } = await setUp();
  const attempt = {
    ...openRouterSpan,
    spanId: "aaaaaaaaaaaaaaaa",
    name: "provider attempt 1",
    attributes: [],
  };
  for (let time = 0; time < 2; time += 1) {
    const answer = await post(exportOf(openRouterSpan, attempt));
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
  }
  const [event] = await untilTraces(1);
  expect(event).toMatchObject({
    provider: "Azure",
    model: { requested: "openai/gpt-4o" },
    usage: { promptTokens: 20, completionTokens: 7, totalTokens: 27, cachedTokens: 5 },
    cost: { totalUsd: 0.0002 },
    timing: { startMs: 1_767_323_045_100, firstTokenMs: 1_767_323_045_500, endMs: 1_767_323_047_600 },
    finishReason: { normalized: "stop" },
    user: "user_12345",
    sessionId: "session_abc",
    tags: ["a", "b"],
    input: [{ role: "user", content: "Hi" }],
    output: [{ message: { role: "assistant", content: "Hello.", reasoning: "They greet." } }],
    trace: { metadata: { feature: "greeting" } },
  });
});

test.each([
  [
    { arrayValue: { values: [{ stringValue: "tool_call" }] } },
    { normalized: "tool_calls", native: "tool_call" },
  ],
  [{ stringValue: '["max_tokens"]' }, { normalized: "length", native: "max_tokens" }],
  [{ arrayValue: { values: [] } }, undefined],
])("the finish reasons %j are read", async (value, finishReason) => {
  const { untilTraces, post } = await setUp();
  const others = openRouterSpan.attributes.filter((one) => one.key !== "gen_ai.response.finish_reason");
  const attributes = [...others, { key: "gen_ai.response.finish_reasons", value }];
  await post(exportOf({ ...openRouterSpan, attributes }));
  expect((await untilTraces(1))[0]?.finishReason).toEqual(finishReason);
});

test("a failed call keeps its message as content", async () => {
  const { untilTraces, post } = await setUp();
  await post(exportOf({ ...openRouterSpan, status: { code: 2, message: "no such city" } }));
  expect((await untilTraces(1))[0]).toMatchObject({ error: { message: "no such city" } });
});

test("what cannot be taken is said, and harms nothing", async () => {
  const { post, untilTraces, url } = await setUp();
  expect((await post(exportOf(openRouterSpan), {})).status).toBe(401);
  expect((await post("{not json")).status).toBe(400);
  expect((await post("garbage", { ...headers, "content-type": "application/x-protobuf" })).status).toBe(400);
  expect((await post("x", { ...headers, "content-encoding": "gzip" })).status).toBe(400);
  expect((await fetch(url, { headers })).status).toBe(405);
  expect((await post("", { ...headers, "x-test-connection": "true" })).status).toBe(200);
  expect((await post('{"resourceSpans":[null,{"scopeSpans":[{"spans":[7,{}]}]}]}')).status).toBe(200);
  const partly = await post(exportOf({ ...openRouterSpan, spanId: "" }, openRouterSpan));
  expect(await partly.json()).toMatchObject({ partialSuccess: { rejectedSpans: 1 } });
  await untilTraces(1);
});
