import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { customHeaders, defineDestination, delivered, outcomeOf, piece } from "@tracecast/core";
import type { Destination, HttpClient, HttpResult, Outcome, TestResult } from "@tracecast/core";
import { z } from "zod";
import { columnNames } from "../columns.ts";
import { rowOf } from "../row.ts";

const gzipped = promisify(gzip);

const name = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, "must be letters, digits and underscores, and begin with no digit");

/**
 * The ClickHouse destination: a row for each event, through the HTTP interface. `createTableSql("clickhouse", …)` makes the table.
 * @see https://clickhouse.com/docs/interfaces/http
 */
export const clickhouse: Destination = defineDestination({
  type: "clickhouse",
  name: "ClickHouse",
  docsUrl: "https://clickhouse.com/docs/interfaces/http",
  config: z.object({
    host: z
      .url({ protocol: /^https?$/, error: "must be a URL such as https://clickhouse.example:8443" })
      .overwrite((url) => url.replace(/\/+$/, ""))
      .meta({
        title: "Host",
        description: "The address of the HTTP interface, with its port: 8443, or 8123 without TLS.",
      }),
    database: name.default("default").meta({ title: "Database" }),
    table: name.default("OPENROUTER_TRACES").meta({ title: "Table" }),
    username: z
      .string()
      .trim()
      .min(1, "must not be empty")
      .default("default")
      .meta({ title: "Username", description: "It needs the right to INSERT." }),
    password: z.string().default("").meta({ title: "Password", secret: true }),
    headers: customHeaders(),
  }),
  // ClickHouse wants few and large inserts: async_insert gathers those that come in small pieces.
  limits: { maxPieces: 5000, maxBytes: 16 * 1024 * 1024 },
  connect(settings, { http }) {
    const insert = (lines: string, signal: AbortSignal, timeoutMs = 30_000) =>
      insertInto(settings, http, lines, { signal, timeoutMs });
    return {
      test: async (signal) => explain(settings, await insert("", signal, 10_000)),
      encode: (event) => [piece(JSON.stringify(rowOf(event)))],
      async send(batch, signal) {
        const lines = batch.flatMap(({ pieces }) => pieces.map(({ json }) => `${json}\n`));
        return { outcome: judge(await insert(lines.join(""), signal)) };
      },
    };
  },
});

interface ClickHouseSettings {
  readonly host: string;
  readonly database: string;
  readonly table: string;
  readonly username: string;
  readonly password: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

async function insertInto(
  { host, database, table, username, password, headers }: ClickHouseSettings,
  http: HttpClient,
  lines: string,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<HttpResult> {
  const query = new URLSearchParams({
    database,
    query: `INSERT INTO ${table} (${columnNames.join(", ")}) FORMAT JSONEachRow`,
    async_insert: "1",
    wait_for_async_insert: "1",
  });
  return http.request({
    url: `${host}/?${query.toString()}`,
    method: "POST",
    headers: {
      ...headers,
      "content-type": "application/x-ndjson",
      "x-clickhouse-user": username,
      "x-clickhouse-key": password,
      ...(lines !== "" && { "content-encoding": "gzip" }),
    },
    body: lines === "" ? "\n" : await gzipped(lines),
    signal,
    timeoutMs,
  });
}

// Source: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
const noSuchColumn = new Set([16, 47, 117]);
const noSuchTable = new Set([60, 81]);
const wrongPassword = new Set([192, 193, 194, 516]);
const mayNot = 497;
const noRows = 108;

/** The number of what ClickHouse complains about. */
function errorCodeOf(result: HttpResult): number | undefined {
  if (result.kind === "failure") return undefined;
  const code = result.headers["x-clickhouse-exception-code"] ?? /^Code: (\d+)/.exec(result.body)?.[1];
  return code === undefined ? undefined : Number(code);
}

function judge(result: HttpResult): Outcome {
  const outcome = outcomeOf(result);
  if (result.kind === "failure") return outcome;
  const code = errorCodeOf(result);
  if (code === undefined) {
    // An insert is answered with nothing.
    if (outcome.status !== "delivered" || result.body.trim() === "") return outcome;
    return {
      status: "rejected",
      code: "misconfigured",
      reason: `${result.host} does not answer as ClickHouse does`,
    };
  }
  const reason = `ClickHouse error ${code} from ${result.host}`;
  if (wrongPassword.has(code) || code === mayNot) return { status: "rejected", code: "unauthorized", reason };
  if (noSuchColumn.has(code) || noSuchTable.has(code))
    return { status: "rejected", code: "misconfigured", reason };
  return outcome.status === "delivered" ? { status: "retry", reason } : outcome;
}

function explain({ host, database, table, username }: ClickHouseSettings, result: HttpResult): TestResult {
  const outcome = errorCodeOf(result) === noRows ? delivered : judge(result);
  const fail = (message: string) => ({ ok: false, message });
  if (outcome.status === "delivered")
    return { ok: true, message: `Rows can be written to ${database}.${table}.` };
  const code = errorCodeOf(result) ?? 0;
  if (wrongPassword.has(code))
    return fail("ClickHouse does not accept the Username with this Password; check both.");
  if (noSuchTable.has(code))
    return fail(
      `There is no table ${database}.${table}; make it with the statement in docs/destinations.md.`,
    );
  if (noSuchColumn.has(code))
    return fail(`The table ${database}.${table} lacks columns; compare it with docs/destinations.md.`);
  if (outcome.status === "retry")
    return fail(`${outcome.reason}, so nothing could be written; check the Host or try again in a while.`);
  if (outcome.code === "unauthorized")
    return fail(
      `ClickHouse does not let "${username}" write to ${database}.${table}; grant INSERT, and check Username and Password.`,
    );
  return fail(
    `${new URL(host).host} does not answer as ClickHouse does; check the Host (${host}) and its port.`,
  );
}
