import { isJsonObject, parseJson } from "@tracecast/core";
import type { Destination, HttpClient } from "@tracecast/core";
import { destinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { opik } from "./opik.ts";

/**
 * Opik takes traces and spans at two addresses, and the contract counts one request a batch. So here the two travel as one: the traces wait
 * until the spans come, and both go to the address of the spans. How the two are sent apart is in `opik.test.ts`.
 */
const asOneRequest: Destination = {
  ...opik,
  connect: (config, { http }) => opik.connect(config, { http: joining(http) }),
};

function joining(http: HttpClient): HttpClient {
  const waiting = new Map<AbortSignal | undefined, unknown>();
  return {
    close: () => http.close(),
    async request(request) {
      const body = parseJson(String(request.body ?? ""));
      if (request.url.endsWith("/traces/batch")) {
        waiting.set(request.signal, body);
        return { kind: "response", status: 204, host: new URL(request.url).host, headers: {}, body: "" };
      }
      const traces = waiting.get(request.signal);
      if (!isJsonObject(traces) || !isJsonObject(body)) return http.request(request);
      return http.request({ ...request, body: JSON.stringify({ ...traces, ...body }) });
    },
  };
}

destinationContract({
  describe,
  test,
  destination: asOneRequest,
  config: (baseUrl) => ({
    apiKey: "opik-contract-key-0123456789",
    workspace: "weather",
    projectName: "Contract",
    baseUrl,
    headers: { "x-team": "observability-team" },
  }),
  reply: { test: { body: { workspace_name: "weather" } }, send: { status: 204 } },
});
