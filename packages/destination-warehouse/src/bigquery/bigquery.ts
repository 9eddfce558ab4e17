import { customHeaders, defineDestination, parseJson, piece, requestBody } from "@tracecast/core";
import type { Destination, TraceEvent } from "@tracecast/core";
import { z } from "zod";
import { rowOf } from "../row.ts";
import { accessTokens } from "./access-token.ts";
import { testConnection } from "./connection-test.ts";
import { judge } from "./insert-outcome.ts";
import { serviceAccountOf } from "./service-account.ts";
import type { ServiceAccount } from "./service-account.ts";
import { openTable } from "./table.ts";

const projectId = /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** The file that Google hands out, which has several lines, as one. */
const serviceAccountKey = z
  .string({ error: "is required" })
  .trim()
  .refine(
    (text) => serviceAccountOf(text) !== undefined,
    "must be the whole JSON text of a service account's key; paste the file that Google gave you",
  )
  .overwrite((text) => JSON.stringify(parseJson(text)))
  .meta({ secret: true });

/**
 * The BigQuery destination: a row for each event, by streaming insert. `createTableSql("bigquery", …)` makes the table. BigQuery leaves out a row
 * that it was sent before, as far as it remembers: about a minute.
 * @see https://cloud.google.com/bigquery/docs/streaming-data-into-bigquery
 * @see https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata/insertAll
 */
export const bigquery: Destination = defineDestination({
  type: "bigquery",
  name: "BigQuery",
  docsUrl: "https://cloud.google.com/bigquery/docs/streaming-data-into-bigquery",
  config: z.object({
    projectId: z
      .string({ error: "is required" })
      .trim()
      .regex(projectId, "must be a project's id such as my-project-123")
      .meta({ title: "Project Id" }),
    serviceAccountKey: serviceAccountKey.meta({
      title: "Service Account Key",
      description: "The JSON text of a key whose account is a BigQuery Data Editor of the dataset.",
      secret: true,
      multiline: true,
    }),
    dataset: z
      .string()
      .trim()
      .regex(/^\w{1,1024}$/, "must be letters, digits and underscores")
      .default("openrouter")
      .meta({ title: "Dataset" }),
    table: z
      .string()
      .trim()
      .regex(/^[\w-]{1,1024}$/, "must be letters, digits, underscores and dashes")
      .default("openrouter_traces")
      .meta({ title: "Table" }),
    headers: customHeaders(),
  }),
  // 500 rows are advised, and a request may have 10 MB. Source: https://cloud.google.com/bigquery/quotas#streaming_inserts
  limits: { maxPieces: 500, maxBytes: 9_500_000 },
  connect(settings, { http }) {
    const account = serviceAccountOf(settings.serviceAccountKey) as ServiceAccount;
    const table = openTable(settings, accessTokens(account, http), http);
    return {
      test: (signal) => testConnection(table, settings, signal),
      encode: (event) => [piece(insertionOf(event))],
      async send(batch, signal) {
        const rows = batch.flatMap(({ pieces }) => pieces);
        // Of a request with a bad row the others are written all the same.
        const body = requestBody('{"skipInvalidRows":true,"rows":[', rows, "]}");
        return judge(await table.insert(body, signal), batch);
      },
    };
  },
});

/** A row under its id. Columns have lower-case names in BigQuery. */
function insertionOf(event: TraceEvent): string {
  const row = Object.entries(rowOf(event)).map(([name, value]) => [name.toLowerCase(), value]);
  return JSON.stringify({ insertId: event.id, json: Object.fromEntries(row) });
}
