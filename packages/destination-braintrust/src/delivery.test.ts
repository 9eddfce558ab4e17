import BraintrustApi from "@braintrust/api";
import { startBraintrust } from "@tracecast/braintrust-stand-in";
import type { BraintrustOptions } from "@tracecast/braintrust-stand-in";
import { createHttpClient } from "@tracecast/core";
import type { Connection, TraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, onTestFinished, test } from "vitest";
import { braintrust } from "./braintrust.ts";

const signal = AbortSignal.timeout(30_000);

async function setUp(options: BraintrustOptions = {}, config: object = {}) {
  const server = await startBraintrust(options);
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const { apiKey, projectId, url: baseUrl } = server;
  return { server, connection: braintrust.connect({ apiKey, projectId, baseUrl, ...config }, { http }) };
}

const send = (connection: Connection, ...events: TraceEvent[]) =>
  connection.send(
    events.map((event) => ({ eventId: event.id, pieces: connection.encode(event) })),
    signal,
  );

const eventOf = (n: number, trace: Partial<TraceEvent["trace"]>): TraceEvent => ({
  ...sampleTraceEvent(),
  id: `0199aaaa-0000-7000-8000-${String(n).padStart(12, "0")}`,
  model: { resolved: `vendor/model-${n}` },
  trace: { metadata: {}, ...trace },
});

test("rows are read back through the vendor's own client", async () => {
  const { server, connection } = await setUp();
  const event = {
    ...sampleTraceEvent(),
    trace: { traceId: "T", traceName: "Eval", generationName: "Summary", metadata: { a: 1 } },
  };
  expect(await send(connection, event)).toEqual({ outcome: { status: "delivered" } });
  const api = new BraintrustApi({ apiKey: server.apiKey, baseURL: server.url, maxRetries: 0 });
  expect(await api.project.retrieve(server.projectId)).toMatchObject({ name: "Stand-in" });
  const { events } = await api.project.logs.fetch(server.projectId);
  expect(events.map(({ span_attributes }) => [span_attributes?.name, span_attributes?.type])).toEqual([
    ["Eval", "task"],
    ["Summary", "llm"],
  ]);
  const [root, llm] = events;
  expect(root).toMatchObject({ is_root: true, span_id: "T", root_span_id: "T" });
  expect(llm).toMatchObject({
    span_parents: ["T"],
    input: event.input,
    output: event.output,
    metrics: { prompt_tokens: event.usage?.promptTokens },
  });
  expect(server.violations).toEqual([]);
});

test("what is sent again overwrites itself", async () => {
  const { server, connection } = await setUp();
  const event = sampleTraceEvent();
  await send(connection, event);
  const once = structuredClone(server.rows());
  await send(connection, event);
  expect(server.rows()).toEqual(once);
});

test("a root without a name is called after the model of its first request, and a name once given stays", async () => {
  const { server, connection } = await setUp();
  const nameOf = (traceId: string) => {
    const root = server.rows().find(({ id }) => id === `tracecast-trace-${traceId}`);
    return (root?.["span_attributes"] as { readonly name?: string } | undefined)?.name;
  };
  await send(connection, eventOf(1, { traceId: "nameless" }));
  await send(connection, eventOf(2, { traceId: "nameless" }));
  expect(nameOf("nameless")).toBe("vendor/model-1");
  await send(connection, eventOf(3, { traceId: "nameless", traceName: "Named at last" }));
  await send(connection, eventOf(4, { traceId: "nameless" }));
  expect(nameOf("nameless")).toBe("Named at last");
  await send(connection, eventOf(5, { traceId: "t", traceName: "First" }), eventOf(6, { traceId: "t" }));
  expect(nameOf("t")).toBe("First");
  await send(
    connection,
    eventOf(7, { traceId: "u" }),
    eventOf(8, { traceId: "u", traceName: "Second" }),
    eventOf(9, { traceId: "u" }),
  );
  expect(nameOf("u")).toBe("Second");
  expect(server.violations).toEqual([]);
});

test("requests of one trace in one batch send their root once", async () => {
  const { server, connection } = await setUp();
  await send(
    connection,
    eventOf(1, { traceId: "T", metadata: { a: 1 } }),
    eventOf(2, { traceId: "T", metadata: { b: 2 } }),
  );
  const { events } = JSON.parse(server.requests[0]?.body ?? "{}") as {
    events: { id: string; metadata: object }[];
  };
  expect(events.map(({ id }) => id)).toHaveLength(3);
  expect(events[0]?.metadata).toMatchObject({ a: 1, b: 2 });
});

test("a base URL keeps its path, custom headers go along and override nothing", async () => {
  const { server, connection } = await setUp({}, { headers: { "x-team": "observability" } });
  await send(connection, sampleTraceEvent());
  expect(server.requests[0]?.headers).toMatchObject({
    "x-team": "observability",
    authorization: `Bearer ${server.apiKey}`,
  });
  const parsed = braintrust.parseConfig({
    apiKey: "k",
    projectId: "p",
    baseUrl: "https://host.example/stage/",
  });
  expect(parsed["baseUrl"]).toBe("https://host.example/stage");
});

test("an answer that does not acknowledge every row is no delivery", async () => {
  const { server, connection } = await setUp();
  const json = { "content-type": "application/json" };
  server.answerNext(200, json, '{"row_ids":["one"]}');
  expect((await send(connection, sampleTraceEvent())).outcome).toMatchObject({
    status: "retry",
    reason: expect.stringContaining("did not acknowledge"),
  });
  server.answerNext(200, { "content-type": "text/html" }, "<html>");
  expect((await send(connection, sampleTraceEvent())).outcome).toMatchObject({
    status: "rejected",
    code: "misconfigured",
  });
});

test.each([
  ["a good key and project", {}, {}, true, 'Connected to the Braintrust project "Stand-in".'],
  ["a key that may only write", { mayRead: false }, {}, true, /its name may not be read with this key\.$/],
  ["a key that may only read", { mayWrite: false }, {}, false, /may read the project but not write its logs/],
  [
    "a wrong key",
    {},
    { apiKey: "sk-wrong-key-entirely" },
    false,
    /does not know this key; paste the Api Key again/,
  ],
  [
    "a wrong project",
    {},
    { projectId: "00000000-0000-4000-8000-000000000000" },
    false,
    /no such project, or this key has no access to it; check the Project Id\.$/,
  ],
  [
    "a project id that is none",
    {},
    { projectId: "my-project" },
    false,
    /check the Project Id, which should be a UUID\.$/,
  ],
  ["a deleted project", { deleted: true }, {}, false, /has been deleted/],
  [
    "a dead host",
    {},
    { baseUrl: "http://127.0.0.1:9" },
    false,
    /^127\.0\.0\.1:9 cannot be reached; check the Base Url/,
  ],
] as const)("testing %s says so, and writes nothing", async (_, options, config, ok, message) => {
  const { server, connection } = await setUp(options, config);
  const result = await connection.test(signal);
  expect(result.ok).toBe(ok);
  expect(result.message).toMatch(message);
  expect(server.rows()).toEqual([]);
});

test.each([
  [{}, "Api Key (apiKey) is required; Project Id (projectId) is required"],
  [{ apiKey: "  ", projectId: "p" }, "Api Key (apiKey) is required"],
  [{ apiKey: "k", projectId: "a/b" }, "Project Id (projectId) must be the project's id"],
  [
    { apiKey: "k", projectId: "p", baseUrl: "http://api.braintrust.dev" },
    "Base Url (baseUrl) must be an https URL",
  ],
  [
    { apiKey: "k", projectId: "p", baseUrl: "https://user:pass@host" },
    "Base Url (baseUrl) must be an https URL",
  ],
  [{ apiKey: "k", projectId: "p", url: "x" }, "url is not one of its settings"],
])("the config %j is refused with a sentence", (config, message) => {
  expect(() => braintrust.parseConfig(config)).toThrow(message);
});

test("the form asks for what the settings page shows", () => {
  expect(
    braintrust.form.map(({ label, required, secret, defaultValue }) => [
      label,
      required,
      secret,
      defaultValue,
    ]),
  ).toEqual([
    ["Api Key", true, true, undefined],
    ["Project Id", true, false, undefined],
    ["Base Url", false, false, "https://api.braintrust.dev"],
    ["Custom headers", false, false, undefined],
  ]);
});
