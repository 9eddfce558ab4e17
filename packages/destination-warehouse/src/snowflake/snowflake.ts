import { createHash } from "node:crypto";
import {
  customHeaders,
  defineDestination,
  isJsonObject,
  outcomeOf,
  parseJson,
  piece,
  requestBody,
  secret,
} from "@tracecast/core";
import type { Batch, Destination, HttpResult, Outcome, TestResult } from "@tracecast/core";
import { z } from "zod";
import { rowOf } from "../row.ts";
import { mergeSql, probeSql } from "./statements.ts";

const identifier = z
  .string()
  .regex(/^[A-Za-z_][\w$]*$/, "must be a name without quotes: letters, digits, _ and $");

/**
 * The Snowflake destination: a row for each event, through the SQL API. `createTableSql("snowflake", …)` makes the table.
 * @see https://docs.snowflake.com/en/developer-guide/sql-api/reference
 */
export const snowflake: Destination = defineDestination({
  type: "snowflake",
  name: "Snowflake",
  docsUrl: "https://docs.snowflake.com/en/developer-guide/sql-api/index",
  config: z.object({
    account: z
      .string({ error: "is required" })
      .max(255, "must have 255 characters or fewer")
      .regex(
        /^\w+(?:[.-]\w+)*$/,
        "must be an account identifier such as myorg-account123 or xy12345.us-east-1",
      )
      .meta({ title: "Account" }),
    token: secret().meta({
      title: "Token",
      description: "A programmatic access token of a user that may SELECT and INSERT.",
    }),
    database: identifier.default("SNOWFLAKE_LEARNING_DB").meta({ title: "Database" }),
    schema: identifier.default("PUBLIC").meta({ title: "Schema" }),
    table: identifier.default("OPENROUTER_TRACES").meta({ title: "Table" }),
    warehouse: identifier.default("COMPUTE_WH").meta({ title: "Warehouse" }),
    headers: customHeaders(),
  }),
  // All rows travel in one bound text, and a text may have 16 MiB. Source: https://docs.snowflake.com/en/sql-reference/data-types-text
  limits: { maxPieces: 1000, maxBytes: 6 * 1024 * 1024, maxDelayMs: 5000 },
  connect({ account, token, database, schema, table, warehouse, headers: custom }, { http }) {
    // Underscores are no part of a host's name. Source: https://docs.snowflake.com/en/user-guide/organizations-connect
    const url = `https://${account.replaceAll("_", "-").toLowerCase()}.snowflakecomputing.com/api/v2/statements`;
    const place = `${database}.${schema}.${table}`;
    const headers = {
      ...custom,
      authorization: `Bearer ${token}`,
      "x-snowflake-authorization-token-type": "PROGRAMMATIC_ACCESS_TOKEN",
      "content-type": "application/json",
      accept: "application/json",
      "user-agent": "tracecast",
    };
    const run = { database, schema, warehouse, timeout: 40 };
    return {
      async test(signal) {
        const body = JSON.stringify({ ...run, statement: probeSql(place) });
        return explain(await http.request({ url, method: "POST", headers, body, signal }), {
          place,
          warehouse,
        });
      },
      encode: (event) => [piece(JSON.stringify(rowOf(event)))],
      async send(batch, signal) {
        const rows = requestBody(
          "[",
          batch.flatMap(({ pieces }) => pieces),
          "]",
        );
        const body = JSON.stringify({
          ...run,
          statement: mergeSql(place),
          bindings: { "1": { type: "TEXT", value: Buffer.from(rows).toString() } },
        });
        const result = await http.request({
          url: `${url}?requestId=${requestIdOf(batch)}`,
          method: "POST",
          headers,
          body,
          signal,
          timeoutMs: 60_000,
        });
        return { outcome: judge(result) };
      },
    };
  },
});

/** The same for the same events, so that Snowflake's own records show what was sent twice. */
function requestIdOf(batch: Batch): string {
  const digest = createHash("sha256")
    .update(batch.map(({ eventId }) => eventId).join())
    .digest("hex");
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

/** Snowflake's own code: `090001` is success, others are the error's. */
function codeOf(result: HttpResult): string | undefined {
  const answer = result.kind === "response" ? parseJson(result.body) : undefined;
  return isJsonObject(answer) && typeof answer["code"] === "string" ? answer["code"] : undefined;
}

// Sources: https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses, and the messages of the vendor's driver for the codes.
const notThere = new Set(["002003", "002043"]);
const noSuchColumn = "000904";
const noWarehouse = "000606";

function judge(result: HttpResult): Outcome {
  const outcome = outcomeOf(result);
  if (result.kind === "failure") return outcome;
  const code = codeOf(result);
  const reason = `Snowflake code ${code} from ${result.host}`;
  if (outcome.status === "delivered") {
    if (result.status === 200 && code === "090001") return outcome;
    // It goes on running there; asked again, it finds the rows that are there by then.
    if (result.status === 202) return { status: "retry", reason: `${result.host} is still at it` };
    return {
      status: "rejected",
      code: "misconfigured",
      reason: `${result.host} does not answer as Snowflake does`,
    };
  }
  if (code === undefined) return outcome;
  if (code.startsWith("390")) return { status: "rejected", code: "unauthorized", reason };
  if (notThere.has(code) || code === noSuchColumn || code === noWarehouse)
    return { status: "rejected", code: "misconfigured", reason };
  return outcome;
}

function explain(result: HttpResult, { place, warehouse }: { place: string; warehouse: string }): TestResult {
  const outcome = judge(result);
  const fail = (message: string) => ({ ok: false, message });
  if (outcome.status === "delivered") return { ok: true, message: `Snowflake has the table ${place} ready.` };
  if (outcome.status === "retry")
    return fail(`${outcome.reason}, so nothing could be checked; try again in a while.`);
  const code = codeOf(result) ?? "";
  if (outcome.code === "unauthorized")
    return fail(
      "Snowflake does not accept this Token; paste it again, and check the Account and the user's network policy.",
    );
  if (notThere.has(code))
    return fail(
      `There is no ${place}, or the Token may not see it; make it with the statement in docs/destinations.md.`,
    );
  if (code === noSuchColumn)
    return fail(`The table ${place} lacks columns; compare it with docs/destinations.md.`);
  if (code === noWarehouse)
    return fail(`The Token may not use the warehouse ${warehouse}; check the Warehouse.`);
  return fail("Snowflake does not answer at this address; check the Account.");
}
