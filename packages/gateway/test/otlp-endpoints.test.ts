import { readFileSync } from "node:fs";
import type { HttpClient, HttpRequest } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { destinationTypes } from "../src/destination-types.ts";

interface Declared {
  readonly name: string;
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const page = readFileSync(new URL("../../../docs/destinations.md", import.meta.url), "utf8");
const [, yaml = ""] = /^## Honeycomb[^]*?```yaml\n([^]*?)```/m.exec(page) ?? [];
const declared = (parse(yaml) as { readonly destinations: readonly Declared[] }).destinations;

/** What is sent to each far end of the page, as its vendor's documentation wants it. */
const wanted = [
  {
    name: "Honeycomb",
    url: "https://api.honeycomb.io/v1/traces",
    headers: { "x-honeycomb-team": "${HONEYCOMB_API_KEY}" },
  },
  {
    name: "Axiom",
    url: "https://api.axiom.co/v1/traces",
    headers: { authorization: "Bearer ${AXIOM_TOKEN}", "x-axiom-dataset": "traces" },
  },
  { name: "Jaeger", url: "http://jaeger:4318/v1/traces", headers: {} },
  { name: "Tempo", url: "http://tempo:4318/v1/traces", headers: { "x-scope-orgid": "team-a" } },
];

test.each(wanted)("what the page says for $name sends there, with the headers that it wants", async (far) => {
  const requests: HttpRequest[] = [];
  const http: HttpClient = {
    close: async () => {},
    async request(request) {
      requests.push(request);
      return { kind: "response", status: 200, host: "far.end", headers: {}, body: '{"partialSuccess":{}}' };
    },
  };
  const { type: name, config } = declared.find((one) => one.name === far.name)!;
  const connection = destinationTypes.find(({ type }) => type === name)!.connect(config, { http });
  const event = sampleTraceEvent();
  const signal = new AbortController().signal;
  expect(await connection.send([{ eventId: event.id, pieces: connection.encode(event) }], signal)).toEqual({
    outcome: { status: "delivered" },
  });
  expect(requests).toMatchObject([
    {
      url: far.url,
      method: "POST",
      headers: { ...far.headers, "content-type": "application/json", "content-encoding": "gzip" },
    },
  ]);
});

test("the page has settings for these four", () => {
  expect(declared.map(({ name }) => name)).toEqual(wanted.map(({ name }) => name));
});
