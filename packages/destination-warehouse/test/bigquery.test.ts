import { BigQuery } from "@google-cloud/bigquery";
import type { TraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { JWT } from "google-auth-library";
import { expect, onTestFinished, test } from "vitest";
import { accessTokens } from "../src/bigquery/access-token.ts";
import { serviceAccountOf } from "../src/bigquery/service-account.ts";
import type { ServiceAccount } from "../src/bigquery/service-account.ts";
import { bigquery, createTableSql } from "../src/index.ts";
import { BigQueryStandIn, serviceAccountKey } from "./bigquery-stand-in.ts";

const signal = new AbortController().signal;
const projectId = "far-end-project";
const place = "far-end-project.openrouter.openrouter_traces";

async function setUp(config: Readonly<Record<string, unknown>> = {}) {
  const server = new BigQueryStandIn(createTableSql("bigquery"));
  await server.start();
  const http = server.client();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const connection = bigquery.connect({ projectId, serviceAccountKey, ...config }, { http });
  return {
    server,
    http,
    test: () => connection.test(signal),
    send: (...events: readonly TraceEvent[]) =>
      connection.send(
        events.map((event) => ({ eventId: event.id, pieces: connection.encode(event) })),
        signal,
      ),
  };
}

const numbered = (number: number, user?: string) =>
  sampleTraceEvent({
    id: `019b7c8e-5f6c-7a31-9d24-${String(number).padStart(12, "0")}`,
    ...(user !== undefined && { user }),
  });

test("a row is stored once under the event's id, every column of its type, with one token for many requests", async () => {
  const { server, send } = await setUp();
  const event = sampleTraceEvent();
  for (let time = 0; time < 3; time += 1)
    expect(await send(event)).toEqual({ outcome: { status: "delivered" } });
  expect(server.tokensGiven).toBe(1);
  expect([...server.rows.keys()]).toEqual([event.id]);
  const row = server.rows.get(event.id) as Record<string, string>;
  expect(row).toMatchObject({
    trace_id: "workflow_12345",
    span_id: event.id,
    start_time: "2026-01-02 03:04:05.100",
    prompt_tokens: 1200,
    total_cost: 0.000_549_6,
    tags: ["production", "weather"],
  });
  expect(JSON.parse(row["input"] ?? "")).toEqual({ messages: event.input });
  expect(JSON.parse(row["metadata"] ?? "")).toMatchObject({ trace_id: "workflow_12345" });
});

test("Google's own client finds the stand-in to be what it expects, and what it writes stands beside ours", async () => {
  const { server, send } = await setUp();
  const { client_email: email, private_key: key } = JSON.parse(serviceAccountKey) as Record<string, string>;
  const authClient = new JWT({
    email: email ?? "",
    key: key ?? "",
    scopes: ["https://www.googleapis.com/auth/bigquery"],
    transporterOptions: {
      fetchImplementation: (url, init) =>
        fetch(server.here(new Request(url as string).url), init as RequestInit),
    },
  });
  const google = new BigQuery({ projectId, authClient: authClient as never, apiEndpoint: server.url });
  const table = google.dataset("openrouter").table("openrouter_traces");
  await send(numbered(1));
  const ours = server.rows.get(numbered(1).id);
  await table.insert([{ insertId: "theirs", json: ours }], { raw: true });
  expect(server.rows.get("theirs")).toEqual(ours);
  await expect(
    table.insert([{ insertId: "bad", json: { nothing: 1 } }], { raw: true }),
  ).rejects.toMatchObject({
    name: "PartialFailureError",
  });
  const [metadata] = (await table.getMetadata()) as readonly unknown[];
  expect(metadata).toEqual({ schema: { fields: server.fields } });
  expect(await table.testIamPermissions("bigquery.tables.updateData")).toEqual([
    { permissions: ["bigquery.tables.updateData"] },
  ]);
});

test("of a batch with a bad row the others are written, and only it is rejected", async () => {
  const { server, send } = await setUp();
  server.fields = server.fields.map((field) =>
    field.name === "user_id" ? { ...field, type: "INTEGER" } : field,
  );
  const quiet = (number: number) => sampleTraceEvent({ id: numbered(number).id, user: undefined });
  const { outcome, exceptions } = await send(quiet(1), numbered(2, "nobody's number"), quiet(3));
  expect(outcome).toEqual({ status: "delivered" });
  expect([...(exceptions ?? [])]).toEqual([
    [
      numbered(2).id,
      expect.objectContaining({
        status: "rejected",
        code: "invalid",
        reason: expect.not.stringContaining("nobody's"),
        detail: expect.stringContaining("user_id"),
      }),
    ],
  ]);
  expect(server.rows.size).toBe(2);
});

test("a column that the table lacks pauses what waits instead of burying it", async () => {
  const { server, send } = await setUp();
  server.fields = server.fields.filter(({ name }) => name !== "tags");
  const { exceptions } = await send(numbered(1), numbered(2));
  expect([...(exceptions?.values() ?? [])]).toEqual(
    Array.from({ length: 2 }, () => expect.objectContaining({ status: "rejected", code: "misconfigured" })),
  );
});

test("a token that was revoked is replaced at the next attempt, and shown nowhere", async () => {
  const { server, send } = await setUp();
  await send(numbered(1));
  server.revokeTokens();
  const refused = await send(numbered(2));
  expect(refused).toMatchObject({ outcome: { status: "rejected", code: "unauthorized" } });
  expect(JSON.stringify(refused)).not.toContain("ya29.");
  expect(await send(numbered(2))).toEqual({ outcome: { status: "delivered" } });
});

test("a token is kept until a minute before it ends", async () => {
  const { server, http } = await setUp();
  let nowMs = Date.now();
  const tokens = accessTokens(serviceAccountOf(serviceAccountKey) as ServiceAccount, http, () => nowMs);
  const first = await tokens.get(signal);
  nowMs += 3_538_000;
  expect(await tokens.get(signal)).toEqual(first);
  expect(server.tokensGiven).toBe(1);
  nowMs += 1000;
  // The stand-in takes no assertion from the future; it is asked all the same.
  expect(await tokens.get(signal)).toMatchObject({
    kind: "refused",
    outcome: { code: "unauthorized", reason: expect.stringContaining("invalid_grant") },
  });
});

test("a key that Google refuses pauses what waits; the assertion it quotes is not repeated", async () => {
  const { server, send, test } = await setUp();
  server.tokenError = "invalid_grant";
  const result = await send(numbered(1));
  expect(result).toEqual({
    outcome: {
      status: "rejected",
      code: "unauthorized",
      reason: expect.stringMatching(/^127\.0\.0\.1:\d+ gives no token: invalid_grant$/),
    },
  });
  expect(await test()).toEqual({
    ok: false,
    message: expect.stringMatching(/gives no token .*invalid_grant.*paste a key that is not revoked/),
  });
});

test("its connection test says what is wrong, and writes nothing", async () => {
  const { server, test } = await setUp();
  expect(await test()).toEqual({ ok: true, message: `Rows can be written to ${place}.` });
  const { fields } = server;
  server.fields = fields.map((field) => (field.name === "total_cost" ? { ...field, type: "STRING" } : field));
  expect((await test()).message).toMatch(
    /needs other columns \(total_cost\); compare it with: tracecast create-table/,
  );
  server.fields = [...fields, { name: "entity_id", type: "STRING", mode: "REQUIRED" }];
  expect((await test()).message).toMatch(
    /requires columns that may have no value \(entity_id\); make them nullable/,
  );
  server.fields = fields;
  server.permissions = ["bigquery.tables.get"];
  expect((await test()).message).toMatch(/may not write to .*BigQuery Data Editor/);
  server.permissions = [];
  expect((await test()).message).toMatch(/may not write to/);
  const elsewhere = await setUp({ table: "elsewhere" });
  expect((await elsewhere.test()).message).toMatch(
    /There is no far-end-project\.openrouter\.elsewhere; make it/,
  );
  expect(server.rows.size).toBe(0);
});

test.each([
  ["no JSON"],
  ["{}"],
  [serviceAccountKey.replace("BEGIN PRIVATE", "BEGIN PUBLIC")],
  [serviceAccountKey.replace("https://oauth2", "http://oauth2")],
])("what is no key of an account is refused without being quoted", (key) => {
  expect(() => bigquery.parseConfig({ projectId, serviceAccountKey: key })).toThrow(
    /^BigQuery is not configured right: Service Account Key \(serviceAccountKey\) must be the whole JSON text [^{}]*$/,
  );
});

test("a key is kept on one line, and masked", () => {
  const parsed = bigquery.parseConfig({ projectId, serviceAccountKey });
  expect(parsed["serviceAccountKey"]).toBe(JSON.stringify(JSON.parse(serviceAccountKey)));
  expect(bigquery.maskConfig(parsed)["serviceAccountKey"]).toBe('{"ty...en"}');
});
