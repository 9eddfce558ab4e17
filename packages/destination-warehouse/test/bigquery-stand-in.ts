import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createHttpClient } from "@tracecast/core";
import type { HttpClient } from "@tracecast/core";
import { jwtVerify } from "jose";

type Row = Readonly<Record<string, unknown>>;
interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode: "NULLABLE" | "REQUIRED" | "REPEATED";
}

const requestFields = new Set([
  "kind",
  "skipInvalidRows",
  "ignoreUnknownValues",
  "templateSuffix",
  "rows",
  "traceId",
]);

const tokenUri = "https://oauth2.googleapis.com/token";
const email = "tracecast@far-end-project.iam.gserviceaccount.com";
const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

/** The account's key, as Google hands it out. */
export const serviceAccountKey: string = JSON.stringify(
  {
    type: "service_account",
    project_id: "far-end-project",
    private_key_id: "key-of-the-stand-in",
    private_key: privateKey,
    client_email: email,
    token_uri: tokenUri,
  },
  undefined,
  2,
);

/** A server that gives tokens and takes rows as Google does, for one table. */
export class BigQueryStandIn {
  readonly path = "/bigquery/v2/projects/far-end-project/datasets/openrouter/tables/openrouter_traces";
  readonly rows = new Map<string, Row>();
  fields: readonly Field[];
  permissions: readonly string[] = ["bigquery.tables.get", "bigquery.tables.updateData"];
  tokenError: string | undefined;
  tokensGiven = 0;
  url = "";
  readonly #tokens = new Set<string>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** @param ddl - the statement that made the table */
  constructor(ddl: string) {
    this.fields = fieldsOf(ddl);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Makes every token that was given worthless. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** A client whose requests to Google end here. */
  client(): HttpClient {
    const http = createHttpClient();
    return {
      close: () => http.close(),
      request: ({ url, ...request }) => http.request({ ...request, url: this.here(url) }),
    };
  }

  here(url: string): string {
    return url.replace(/^https:\/\/(?:oauth2|bigquery)\.googleapis\.com/, this.url);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { pathname } = new URL(request.url ?? "", this.url);
    const [status, answer] =
      pathname === "/token" ? await this.#token(request, body) : this.#table(request, pathname, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  async #token({ method, headers }: IncomingMessage, body: string): Promise<readonly [number, object]> {
    const form = new URLSearchParams(body);
    if (method !== "POST" || !headers["content-type"]?.startsWith("application/x-www-form-urlencoded"))
      return [400, { error: "invalid_request" }];
    if (form.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer")
      return [400, { error: "unsupported_grant_type" }];
    if (this.tokenError !== undefined)
      return [400, { error: this.tokenError, error_description: form.get("assertion") }];
    try {
      const { payload } = await jwtVerify(form.get("assertion") ?? "", await keyOf(publicKey), {
        algorithms: ["RS256"],
        issuer: email,
        audience: tokenUri,
        requiredClaims: ["iat", "exp", "scope"],
        maxTokenAge: 60,
      });
      const { iat = 0, exp = 0, scope } = payload;
      if (exp - iat > 3600 || !String(scope).split(" ").includes("https://www.googleapis.com/auth/bigquery"))
        return [400, { error: "invalid_scope" }];
    } catch {
      return [400, { error: "invalid_grant", error_description: "Invalid JWT Signature." }];
    }
    this.tokensGiven += 1;
    const token = `ya29.stand-in-token-${this.tokensGiven}`;
    this.#tokens.add(token);
    return [200, { access_token: token, expires_in: 3599, token_type: "Bearer" }];
  }

  #table({ method, headers }: IncomingMessage, path: string, body: string): readonly [number, object] {
    const [, token = ""] = /^Bearer (\S+)$/.exec(headers.authorization ?? "") ?? [];
    if (!this.#tokens.has(token)) return [401, errorOf(401, "authError")];
    if (!path.startsWith(this.path)) return [404, errorOf(404, "notFound")];
    const action = path.slice(this.path.length);
    if (method === "GET" && action === "") {
      if (!this.permissions.includes("bigquery.tables.get")) return [403, errorOf(403, "accessDenied")];
      return [200, { schema: { fields: this.fields } }];
    }
    if (method !== "POST" || headers["content-type"] !== "application/json")
      return [400, errorOf(400, "badRequest")];
    const asked = JSON.parse(body) as Row;
    if (action === ":testIamPermissions") {
      const permissions = (asked["permissions"] as readonly string[]).filter((one) =>
        this.permissions.includes(one),
      );
      return [200, permissions.length === 0 ? {} : { permissions }];
    }
    if (action !== "/insertAll") return [404, errorOf(404, "notFound")];
    if (!this.permissions.includes("bigquery.tables.updateData")) return [403, errorOf(403, "accessDenied")];
    return this.#insert(asked);
  }

  #insert(asked: Row): readonly [number, object] {
    const rows = asked["rows"];
    if (
      !Array.isArray(rows) ||
      rows.length === 0 ||
      Object.keys(asked).some((name) => !requestFields.has(name))
    )
      return [400, errorOf(400, "invalid")];
    const complaints = (rows as readonly { insertId?: string; json: Row }[]).map(({ json }) =>
      complaintAbout(json, this.fields),
    );
    const isRefused = complaints.some(Boolean) && asked["skipInvalidRows"] !== true;
    const insertErrors: object[] = [];
    for (const [index, { insertId = String(Math.random()), json }] of rows.entries()) {
      const error = complaints[index] ?? (isRefused && { reason: "stopped", location: "", message: "" });
      if (error) insertErrors.push({ index, errors: [{ debugInfo: "", ...error }] });
      else if (!this.rows.has(insertId)) this.rows.set(insertId, json);
    }
    return [
      200,
      {
        kind: "bigquery#tableDataInsertAllResponse",
        ...(insertErrors.length > 0 && { insertErrors }),
      },
    ];
  }
}

const keyOf = async (pem: string) => (await import("jose")).importSPKI(pem, "RS256");

const errorOf = (code: number, reason: string) => ({
  error: { code, message: reason, errors: [{ message: reason, domain: "global", reason }] },
});

/** The schema of a CREATE TABLE statement, under the names that the REST interface has for types. */
function fieldsOf(ddl: string): readonly Field[] {
  const legacy: Readonly<Record<string, string>> = { FLOAT64: "FLOAT", INT64: "INTEGER" };
  return [...ddl.matchAll(/^ {2}([a-z_]+) (?:ARRAY<(\w+)>|(\w+)( NOT NULL)?),?$/gm)].map(
    ([, name = "", item, plain = "", isRequired]) => ({
      name,
      type: legacy[item ?? plain] ?? item ?? plain,
      mode: item !== undefined ? "REPEATED" : isRequired ? "REQUIRED" : "NULLABLE",
    }),
  );
}

function complaintAbout(row: Row, fields: readonly Field[]) {
  const invalid = (location: string, message: string) => ({ reason: "invalid", location, message });
  const unknown = Object.keys(row).find((name) => !fields.some((field) => field.name === name));
  if (unknown !== undefined) return invalid(unknown, `no such field: ${unknown}.`);
  for (const { name, type, mode } of fields) {
    const value = row[name];
    if (value === undefined || value === null) {
      if (mode === "REQUIRED") return invalid("", `Missing required field: Msg_0_CLOUD_QUERY_TABLE.${name}.`);
      continue;
    }
    const values = mode === "REPEATED" ? value : [value];
    if (!Array.isArray(values) || !values.every((one) => isOf(type, one)))
      return invalid(name, `Cannot convert value to ${type.toLowerCase()}: ${JSON.stringify(value)}`);
  }
  return undefined;
}

function isOf(type: string, value: unknown): boolean {
  if (type === "INTEGER") return Number.isSafeInteger(value);
  if (type === "FLOAT") return typeof value === "number";
  if (typeof value !== "string") return false;
  if (type === "TIMESTAMP") return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?$/.test(value);
  return type !== "JSON" || isJson(value);
}

/** JSON text that a database of UTF-8 can hold. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return text.isWellFormed();
  } catch {
    return false;
  }
}
