import type { HttpClient, HttpRequest, HttpResult } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, test } from "vitest";
import { columnNames } from "../columns.ts";
import { createTableSql } from "../create-table.ts";
import { snowflake } from "./snowflake.ts";

function connect(status: number, answer: object) {
  const requests: HttpRequest[] = [];
  const http: HttpClient = {
    close: async () => {},
    request: async (request): Promise<HttpResult> => {
      requests.push(request);
      return { kind: "response", status, host: "far.end", headers: {}, body: JSON.stringify(answer) };
    },
  };
  const config = { account: "My_Org-Account.eu", token: "snowflake-token-0123456789", table: "TRACES" };
  return { requests, connection: snowflake.connect(config, { http }) };
}

const signal = new AbortController().signal;

test("sends all rows as one bound text, under an id that a resend has too", async () => {
  const { requests, connection } = connect(200, { code: "090001" });
  const event = sampleTraceEvent();
  const batch = [{ eventId: event.id, pieces: connection.encode(event) }];
  for (let time = 0; time < 2; time += 1)
    expect(await connection.send(batch, signal)).toEqual({ outcome: { status: "delivered" } });
  const [first, second] = requests;
  expect(first?.url).toMatch(
    /^https:\/\/my-org-account\.eu\.snowflakecomputing\.com\/api\/v2\/statements\?requestId=[0-9a-f-]{36}$/,
  );
  expect(second?.url).toBe(first?.url);
  const body = JSON.parse(String(first?.body)) as { statement: string; bindings: { "1": { value: string } } };
  expect(body.statement).toMatch(/^MERGE INTO SNOWFLAKE_LEARNING_DB\.PUBLIC\.TRACES t\n/);
  expect(body.statement.match(/\?/g)).toHaveLength(1);
  expect(JSON.parse(body.bindings["1"].value)).toEqual([
    expect.objectContaining({ TRACE_ID: "workflow_12345", SPAN_ID: event.id, PROMPT_TOKENS: 1200 }),
  ]);
});

test.each([
  [401, { code: "390303" }, "unauthorized"],
  [422, { code: "002003", sqlState: "02000" }, "misconfigured"],
  [422, { code: "000606" }, "misconfigured"],
  [422, { code: "100069" }, "invalid"],
  [202, { code: "333334" }, "retry"],
])("takes a %i with %o for %s", async (status, answer, expected) => {
  const { connection } = connect(status, answer);
  const event = sampleTraceEvent();
  const { outcome } = await connection.send(
    [{ eventId: event.id, pieces: connection.encode(event) }],
    signal,
  );
  expect(outcome.status === "rejected" ? outcome.code : outcome.status).toBe(expected);
});

test("the statements name every column that a row can have", () => {
  for (const warehouse of ["clickhouse", "snowflake"] as const) {
    const sql = createTableSql(warehouse, "T");
    for (const column of columnNames) expect(sql).toContain(`\n  ${column} `);
  }
});
