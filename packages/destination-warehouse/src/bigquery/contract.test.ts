import { generateKeyPairSync } from "node:crypto";
import type { Destination, HttpClient } from "@tracecast/core";
import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { columns } from "../columns.ts";
import { columnTypes } from "../create-table.ts";
import { bigquery } from "./bigquery.ts";

/** BigQuery's address is always the same, so what goes to the project `port-8080-here` is led to that port; a token there always is. */
const redirected: Destination = {
  ...bigquery,
  connect: (config, { http }) => bigquery.connect(config, { http: leadingHere(http) }),
};

const leadingHere = (http: HttpClient): HttpClient => ({
  close: () => http.close(),
  async request({ url, signal, ...request }) {
    if (url === "https://tokens.example/")
      return {
        kind: "response",
        status: 200,
        host: "tokens.example",
        headers: {},
        body: '{"access_token":"a-token-of-the-contract","expires_in":3599}',
      };
    const [, port] = /\/projects\/port-(\d+)-here\//.exec(url) ?? [];
    const here = url.replace("https://bigquery.googleapis.com", `http://127.0.0.1:${port}`);
    return http.request({ ...request, url: here, ...(signal && { signal }) });
  },
});

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

// The contract makes another secret of this one by changing its second half: that is the note, so that the key stays one.
const key = {
  client_email: "traces@contract.example",
  private_key: privateKey,
  token_uri: "https://tokens.example/",
  note: "n".repeat(4000),
};

const fields = Object.entries(columns).map(([name, kind]) => {
  const [type = ""] = columnTypes.bigquery[kind].split(" ");
  const isList = type.startsWith("ARRAY");
  return { name: name.toLowerCase(), type: isList ? "STRING" : type, mode: isList ? "REPEATED" : "NULLABLE" };
});

destinationContract({
  describe,
  test,
  destination: redirected,
  config: (url) => ({
    projectId: `port-${new URL(url).port}-here`,
    serviceAccountKey: JSON.stringify(key),
    headers: { "x-team": "observability-team" },
  }),
  reply: {
    test: ({ method }) =>
      method === "GET"
        ? { body: { schema: { fields } } }
        : { body: { permissions: ["bigquery.tables.updateData"] } },
    send: { body: { kind: "bigquery#tableDataInsertAllResponse" } },
  },
});
