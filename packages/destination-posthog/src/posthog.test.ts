import { captureAiGeneration } from "@posthog/ai";
import { createHttpClient } from "@tracecast/core";
import type { JsonObject, TraceEvent } from "@tracecast/core";
import { sampleTraceEvent, startFaultServer } from "@tracecast/destination-testkit";
import { PostHog } from "posthog-node";
import { expect, onTestFinished, test } from "vitest";
import { posthog } from "./posthog.ts";

const apiKey = "phc_0123456789abcdefTest";
const signal = AbortSignal.timeout(30_000);

async function setUp() {
  const server = await startFaultServer();
  server.answerAll({ body: { status: "Ok" } });
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const connection = posthog.connect({ apiKey, endpoint: server.url }, { http });
  const send = (event: TraceEvent) =>
    connection.send([{ eventId: event.id, pieces: connection.encode(event) }], signal);
  return { server, connection, send };
}

interface Sent {
  readonly event?: string;
  readonly distinct_id?: string;
  readonly properties: JsonObject;
}

interface Body {
  readonly api_key: string;
  readonly batch: readonly Sent[];
}

async function sentFor(event: TraceEvent): Promise<Sent> {
  const { server, send } = await setUp();
  expect(await send(event)).toEqual({ outcome: { status: "delivered" } });
  const [sent] = (JSON.parse(server.requests[0]?.body ?? "") as Body).batch;
  return sent ?? { properties: {} };
}

/** Has the vendor's own client tell of the same call. The sample has every field that is read here, which its type does not say. */
async function sentByClient(url: string, event: TraceEvent): Promise<void> {
  const client = new PostHog(apiKey, { host: url, flushAt: 1, flushInterval: 0 });
  const { usage, timing, contentParameters } = event;
  await captureAiGeneration(client, {
    captureImmediate: true,
    distinctId: event.user,
    traceId: event.trace.traceId,
    provider: "openai",
    model: event.model.resolved,
    modelParameters: event.parameters,
    input: event.input,
    output: event.output,
    tools: contentParameters?.["tools"] as never,
    latency: (timing.endMs - timing.startMs) / 1000,
    timeToFirstToken: ((timing.firstTokenMs ?? 0) - timing.startMs) / 1000,
    stopReason: event.finishReason?.native,
    completionId: event.generationId,
    baseURL: null,
    usage: {
      inputTokens: usage?.promptTokens,
      outputTokens: usage?.completionTokens,
      reasoningTokens: usage?.reasoningTokens,
      cacheReadInputTokens: usage?.cachedTokens,
      cacheReportingExclusive: false,
    },
    properties: { $ai_session_id: event.sessionId, $ai_span_name: event.trace.generationName },
  } as Parameters<typeof captureAiGeneration>[1]);
  await client.shutdown();
}

test("says what the vendor's own client says of the same call", async () => {
  const event = sampleTraceEvent({ contentParameters: { tools: [{ type: "function" }] } });
  const { server, send } = await setUp();
  await sentByClient(server.url, event);
  await send(event);
  const [theirs, ours] = server.requests.map(({ method, path, body }) => ({
    method,
    path,
    body: JSON.parse(body) as Body,
  }));
  expect([ours?.method, ours?.path, ours?.body.api_key]).toEqual([
    "POST",
    theirs?.path,
    theirs?.body.api_key,
  ]);
  const [their, our] = [theirs?.body.batch[0], ours?.body.batch[0]];
  expect(our).toMatchObject({ event: their?.event, distinct_id: their?.distinct_id });
  expect(Object.keys(their ?? {})).toEqual(expect.arrayContaining(Object.keys(our ?? {})));
  // Who sends, a status that an event does not know, and a note on overridden tokens are the client's own.
  const own =
    /^\$(lib|lib_version|ai_lib|ai_lib_version|ai_http_status|ai_tokens_source|is_server|os.*|node.*)$/;
  const said = Object.entries(their?.properties ?? {}).filter(([name]) => !own.test(name));
  expect(said.length).toBeGreaterThan(12);
  expect(our?.properties).toMatchObject(Object.fromEntries(said));
});

test("ids come from the event, so that a resend is the same event to PostHog", async () => {
  const event = sampleTraceEvent();
  const sent = await sentFor(event);
  expect(sent).toMatchObject({
    uuid: event.id,
    event: "$ai_generation",
    timestamp: "2026-01-02T03:04:05.100Z",
  });
  expect(sent.properties).toMatchObject({ $ai_trace_id: "workflow_12345", $ai_span_id: event.id });
  expect(await sentFor(sampleTraceEvent({ operation: "embeddings" }))).toMatchObject({
    event: "$ai_embedding",
  });
});

test("costs, names, and custom keys land where PostHog shows them", async () => {
  const { properties } = await sentFor(
    sampleTraceEvent({
      trace: {
        traceName: "Trip",
        spanName: "Step",
        metadata: { feature: "x", deep: { a: { b: { c: { d: 1 } } } } },
      },
      error: { status: 429, type: "rate_limited", message: "slow down" },
    }),
  );
  expect(properties).toMatchObject({
    $ai_total_cost_usd: 0.000_549_6,
    $ai_input_cost_usd: 0.000_069_6,
    $ai_output_cost_usd: 0.000_48,
    trace_name: "Trip",
    metadata_span_name: "Step",
    metadata_feature: "x",
    metadata_deep: { a: { b: { c: "[truncated]" } } },
    tags: ["production", "weather"],
    $ai_is_error: true,
    $ai_http_status: 429,
    $ai_error: { status: 429, type: "rate_limited", message: "slow down" },
  });
});

test("a trace id with characters that PostHog refuses is hashed, and kept beside it", async () => {
  const { properties } = await sentFor(sampleTraceEvent({ trace: { traceId: "a b/ü", metadata: {} } }));
  expect(properties["$ai_trace_id"]).toMatch(/^[0-9a-f]{64}$/);
  expect(properties["trace_id"]).toBe("a b/ü");
});

test("without a user no profile is made, and the trace stands for the person", async () => {
  const sent = await sentFor(sampleTraceEvent({ user: undefined }));
  expect(sent).toMatchObject({ distinct_id: "workflow_12345" });
  expect(sent.properties["$process_person_profile"]).toBe(false);
});

test("an event that PostHog would discard for its size leaves its content behind and keeps its figures", async () => {
  const large = "x".repeat(1_000_000);
  const { properties } = await sentFor(sampleTraceEvent({ input: [{ role: "user", content: large }] }));
  expect(properties).not.toHaveProperty("$ai_input");
  expect(properties).toMatchObject({ cut: ["input", "output", "contentParameters"], $ai_input_tokens: 1200 });
});

test("older versions say 1 for Ok", async () => {
  const { server, send } = await setUp();
  server.answer({ body: { status: 1 } });
  expect(await send(sampleTraceEvent())).toEqual({ outcome: { status: "delivered" } });
});

test("the connection test evaluates no flag and says what to do about a wrong key", async () => {
  const { server, connection } = await setUp();
  server.answer({ status: 401, body: { type: "authentication_error", code: "invalid_api_key" } });
  const { ok, message } = await connection.test(signal);
  expect([ok, message]).toEqual([false, expect.stringContaining("paste the project's Api Key again")]);
  expect(server.requests[0]?.path).toBe("/flags/?v=2");
  expect(JSON.parse(server.requests[0]?.body ?? "")).toMatchObject({ api_key: apiKey, disable_flags: true });
});
