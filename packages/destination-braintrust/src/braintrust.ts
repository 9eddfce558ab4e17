import {
  defineDestination,
  delivered,
  isJsonObject,
  outcomeOf,
  parseJson,
  requestBody,
} from "@tracecast/core";
import type { Destination, HttpResponse, Outcome } from "@tracecast/core";
import { braintrustConfig } from "./braintrust-config.ts";
import { coalesceRows } from "./coalesce.ts";
import { testConnection } from "./connection-test.ts";
import { RootNames } from "./root-names.ts";
import { encodeRows } from "./row-piece.ts";

// Source: the vendor's SDK sends at most 100 rows a request. Bodies near the 5 MiB that its server advertises have been refused, for
// what stands in front of it inflates them; half of that is what works.
const limits = { maxPieces: 100, maxBytes: 2.5 * 1024 * 1024 };

/**
 * The Braintrust destination: each event becomes rows of a project's logs, and what shares a trace shares its root.
 * @see https://www.braintrust.dev/docs/api-reference
 */
export const braintrust: Destination = defineDestination({
  type: "braintrust",
  name: "Braintrust",
  docsUrl: "https://www.braintrust.dev/docs",
  config: braintrustConfig,
  limits,
  connect({ apiKey, projectId, baseUrl, headers: custom }, { http }) {
    const headers = {
      ...custom,
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      accept: "application/json",
    };
    const rootNames = new RootNames();
    return {
      test: (signal) => testConnection({ http, headers, baseUrl, projectId }, signal),
      encode: (event) => encodeRows(event, limits.maxBytes),
      async send(batch, signal) {
        const pieces = batch.flatMap((event) => event.pieces);
        const rows = coalesceRows(pieces.map((row) => rootNames.settle(row)));
        const url = `${baseUrl}/v1/project_logs/${projectId}/insert`;
        const body = requestBody('{"events":[', rows, "]}");
        const result = await http.request({ url, method: "POST", headers, body, signal, timeoutMs: 30_000 });
        const outcome = outcomeOf(result);
        if (outcome.status !== "delivered" || result.kind === "failure") return { outcome };
        return { outcome: acknowledged(result, rows.length) };
      },
    };
  },
});

/** A success counts only if it names as many rows as were sent. */
function acknowledged({ body, host }: HttpResponse, rows: number): Outcome {
  const answer = parseJson(body);
  if (!isJsonObject(answer)) {
    return {
      status: "rejected",
      code: "misconfigured",
      reason: `${host} does not answer as Braintrust's API does`,
    };
  }
  const ids = answer["row_ids"];
  if (Array.isArray(ids) && ids.length === rows) return delivered;
  // Row ids are stable, so asking again is safe.
  return { status: "retry", reason: `${host} did not acknowledge all rows` };
}
