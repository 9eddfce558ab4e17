import type { HttpClient, HttpResult } from "@tracecast/core";
import type { AccessTokens, TokenResult } from "./access-token.ts";

/** A table that is reached with an account's tokens. */
export interface Table {
  /** Its schema. */
  describe(signal: AbortSignal): Promise<TableResult>;
  /** Which of these the account may do. */
  permissions(wanted: readonly string[], signal: AbortSignal): Promise<TableResult>;
  /** Writes the rows of a request that is whole. */
  insert(body: Uint8Array, signal: AbortSignal): Promise<TableResult>;
}

/** What the table answered, or why it could not be asked. */
export type TableResult = HttpResult | Extract<TokenResult, { kind: "refused" }>;

/** Which table, and what is sent along. */
export interface TableSettings {
  readonly projectId: string;
  readonly dataset: string;
  readonly table: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * A table of BigQuery's REST interface.
 * @see https://cloud.google.com/bigquery/docs/reference/rest/v2/tables
 */
export function openTable(settings: TableSettings, tokens: AccessTokens, http: HttpClient): Table {
  const { projectId, dataset, table, headers } = settings;
  const url = `https://bigquery.googleapis.com/bigquery/v2/projects/${projectId}/datasets/${dataset}/tables/${table}`;
  const call = async (
    path: string,
    body: Uint8Array | undefined,
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<TableResult> => {
    const given = await tokens.get(signal);
    if (given.kind === "refused") return given;
    const result = await http.request({
      url: url + path,
      method: body ? "POST" : "GET",
      headers: {
        ...headers,
        authorization: `Bearer ${given.token}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body }),
      signal,
      timeoutMs,
    });
    if (result.kind === "response" && result.status === 401) tokens.forget();
    return withoutToken(result, given.token);
  };
  return {
    describe: (signal) => call("?fields=schema", undefined, { signal, timeoutMs: 10_000 }),
    permissions: (permissions, signal) =>
      call(":testIamPermissions", Buffer.from(JSON.stringify({ permissions })), {
        signal,
        timeoutMs: 10_000,
      }),
    insert: (body, signal) => call("/insertAll", body, { signal, timeoutMs: 60_000 }),
  };
}

/** The token is no setting, so that nobody else hides it in what an answer quotes. */
function withoutToken(result: HttpResult, token: string): HttpResult {
  return result.kind === "failure" ? result : { ...result, body: result.body.replaceAll(token, "********") };
}
