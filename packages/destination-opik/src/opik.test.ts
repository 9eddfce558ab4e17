import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { createHttpClient } from "@tracecast/core";
import type { JsonObject, TraceEvent } from "@tracecast/core";
import { sampleTraceEvent, startFaultServer } from "@tracecast/destination-testkit";
import { expect, onTestFinished, test } from "vitest";
import { opik } from "./opik.ts";
import type { SpanRow, TraceRow } from "./row.ts";
import { usageOf } from "./usage.ts";
import { uuidOf } from "./uuid.ts";

const settings = { apiKey: "opik-key-0123456789", workspace: "weather", projectName: "Umbrellas" };
const require = createRequire(import.meta.url);
const signal = AbortSignal.timeout(30_000);
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function setUp() {
  const server = await startFaultServer();
  server.answerAll({ status: 204 });
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const connection = opik.connect({ ...settings, baseUrl: server.url }, { http });
  const send = (event: TraceEvent) =>
    connection.send([{ eventId: event.id, pieces: connection.encode(event) }], signal);
  return { server, connection, send };
}

type Sent<R> = R & { readonly project_name?: string; readonly input?: unknown; readonly output?: unknown };

interface Rows {
  readonly traces: readonly [Sent<TraceRow>];
  readonly spans: readonly Sent<SpanRow>[];
}

async function rowsFor(event: TraceEvent) {
  const { server, send } = await setUp();
  expect(await send(event)).toEqual({ outcome: { status: "delivered" } });
  const rows: Rows = Object.assign({}, ...server.requests.map(({ body }) => JSON.parse(body) as object));
  return { trace: rows.traces[0], spans: rows.spans };
}

/** The vendor's own client in a process of its own: the tests' conditions for imports would give it builds for bundlers. */
async function sendByClient(apiUrl: string, { input, output, tags, timing }: TraceEvent): Promise<void> {
  const call = { input: { messages: input }, output: { choices: output }, ttft: 420, tags, metadata: {} };
  const trace = { ...call, name: "Trip", threadId: "session_67890" };
  const span = {
    ...call,
    name: "Check",
    type: "llm",
    model: "gpt-5-mini-2025-08-07",
    provider: "openai",
    usage: { prompt_tokens: 1200, completion_tokens: 240, total_tokens: 1440 },
    totalEstimatedCost: 0.000_549_6,
  };
  const options = { ...settings, workspaceName: settings.workspace, apiUrl };
  const path = require.resolve("opik");
  const script = `
    const { Opik } = require(${JSON.stringify(path)});
    const client = new Opik(${JSON.stringify(options)});
    const times = { startTime: new Date(${timing.startMs}), endTime: new Date(${timing.endMs}) };
    client.trace({ ...times, ...${JSON.stringify(trace)} }).span({ ...times, ...${JSON.stringify(span)} });
    client.flush();`;
  await promisify(execFile)(process.execPath, ["--input-type=commonjs", "-e", script]);
}

test("says what the vendor's own client says of the same call, in the same words", async () => {
  const event = sampleTraceEvent({ trace: { traceName: "Trip", generationName: "Check", metadata: {} } });
  const { server, send } = await setUp();
  await send(event);
  const ours = server.requests.slice(0, 2);
  await sendByClient(server.url, event);
  for (const mine of ours) {
    const theirs = server.requests.slice(2).find(({ path }) => path === mine.path);
    for (const header of ["authorization", "comet-workspace", "content-type"])
      expect(mine.headers[header]).toBe(theirs?.headers[header]);
    const [kind = ""] = /traces|spans/.exec(mine.path) ?? [];
    const [my, their] = [mine, theirs].map((request) => {
      const rows = (JSON.parse(request?.body ?? "{}") as Record<string, JsonObject[]>)[kind];
      const { id, trace_id: traceId, source: _own, ...row } = rows?.[0] ?? {};
      expect([id, traceId ?? id]).toEqual([expect.stringMatching(uuid7), expect.stringMatching(uuid7)]);
      return row;
    });
    expect(my).toMatchObject(their ?? {});
    expect(Object.keys(my ?? {}).sort()).toEqual(Object.keys(their ?? {}).sort());
  }
});

test("ids are UUIDv7 of the event's time, the same whenever the event is sent", async () => {
  const [first, second] = [await rowsFor(sampleTraceEvent()), await rowsFor(sampleTraceEvent())];
  expect(second).toEqual(first);
  const ids = [first.trace.id, ...first.spans.map(({ id }) => id)];
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(uuid7);
  expect(Number.parseInt(first.trace.id.replace("-", "").slice(0, 12), 16)).toBe(1_767_323_045_100);
  expect(uuidOf(1, "a", "bc")).not.toBe(uuidOf(1, "ab", "c"));
});

test("trace, span and generation hang together, and the figures stand on the generation only", async () => {
  const { trace, spans } = await rowsFor(sampleTraceEvent());
  const [span, generation] = spans;
  expect([trace.name, span?.name, generation?.name]).toEqual([
    "Trip Planning",
    "Packing List",
    "Check Weather",
  ]);
  expect([span?.trace_id, generation?.trace_id]).toEqual([trace.id, trace.id]);
  expect(generation?.parent_span_id).toBe(span?.id);
  expect(trace).toMatchObject({ project_name: "Umbrellas", thread_id: "session_67890" });
  expect(trace).not.toHaveProperty("usage");
  expect(generation).toMatchObject({
    type: "llm",
    total_estimated_cost: 0.000_549_6,
    ttft: 420,
    usage: { prompt_tokens: 1200, "original_usage.prompt_tokens_details.cached_tokens": 1024 },
    metadata: { trace_id: "workflow_12345", user_id: "user_12345", environment: "production" },
  });
});

test("a failure has a type and a traceback, also where nobody may know what it said", async () => {
  const { trace } = await rowsFor(sampleTraceEvent({ error: { status: 429, message: "slow down" } }));
  expect(trace.error_info).toEqual({
    exception_type: "429",
    message: "slow down",
    traceback: "429: slow down",
  });
  const { spans } = await rowsFor(sampleTraceEvent({ error: {}, trace: { metadata: {} } }));
  expect(spans[0]?.error_info).toEqual({ exception_type: "error", traceback: "error" });
});

test("a name that is blank gives way to the model, a custom key to one of ours", async () => {
  const { trace } = await rowsFor(
    sampleTraceEvent({ trace: { traceName: "  ", metadata: { cost: "mine" } } }),
  );
  expect(trace.name).toBe("openai/gpt-5-mini-2025-08-07");
  expect(trace.metadata).toMatchObject({ "trace.cost": "mine", cost: { totalUsd: 0.000_549_6 } });
});

test("a count that is no Java integer is left out", () => {
  expect(usageOf({ promptTokens: 2 ** 31, completionTokens: 1 })).toEqual({
    completion_tokens: 1,
    "original_usage.completion_tokens": 1,
  });
});

test("an event that is too large leaves its content behind and keeps its figures", async () => {
  const { spans } = await rowsFor(
    sampleTraceEvent({ input: "x".repeat(3_000_000), trace: { metadata: {} } }),
  );
  expect(spans[0]).not.toHaveProperty("input");
  expect(spans[0]?.metadata).toMatchObject({ cut: ["input", "output", "contentParameters"] });
  expect(spans[0]?.usage).toMatchObject({ prompt_tokens: 1200 });
});

test("without its traces no span is sent; what becomes of the spans is what becomes of the batch", async () => {
  const { server, send } = await setUp();
  server.answer({ status: 401 });
  expect(await send(sampleTraceEvent())).toMatchObject({ outcome: { code: "unauthorized" } });
  expect(server.requests.map(({ path }) => path)).toEqual(["/v1/private/traces/batch"]);
  server.answer({ status: 204 }, { status: 429, headers: { "retry-after": "3" } });
  expect(await send(sampleTraceEvent())).toMatchObject({ outcome: { status: "retry", retryAfterMs: 3000 } });
  expect(server.requests.map(({ path }) => path)).toEqual([
    "/v1/private/traces/batch",
    "/v1/private/traces/batch",
    "/v1/private/spans/batch",
  ]);
});

test("the connection test asks for the workspace only", async () => {
  const { server, connection } = await setUp();
  server.answer({ status: 403 }, { body: { workspace_name: "weather" } });
  expect((await connection.test(signal)).message).toContain("check the Workspace");
  expect(await connection.test(signal)).toMatchObject({ ok: true });
  expect(server.requests[0]).toMatchObject({ method: "GET", path: "/v1/private/auth/workspace" });
});
