import { parseJson } from "@tracecast/core";
import type { Json, TestResult } from "@tracecast/core";
import { z } from "zod";
import { columns } from "../columns.ts";
import { columnTypes } from "../create-table.ts";
import { tableOutcome } from "./insert-outcome.ts";
import type { Table, TableResult, TableSettings } from "./table.ts";

const field = z.object({ name: z.string(), type: z.string(), mode: z.string().default("NULLABLE") });
type Field = z.output<typeof field>;
const tableAnswer = z.object({ schema: z.object({ fields: z.array(field) }) });
const permissionsAnswer = z.object({ permissions: z.array(z.string()) });

const mayInsert = "bigquery.tables.updateData";

/** Reads what the table is like and asks whether rows may be written to it, and writes none. */
export async function testConnection(
  table: Table,
  settings: TableSettings,
  signal: AbortSignal,
): Promise<TestResult> {
  const place = `${settings.projectId}.${settings.dataset}.${settings.table}`;
  const described = await table.describe(signal);
  const trouble = explain(described, place) ?? complaintAbout(bodyOf(described), place);
  if (trouble !== undefined) return { ok: false, message: trouble };
  const allowed = await table.permissions([mayInsert], signal);
  const granted = permissionsAnswer.safeParse(bodyOf(allowed)).data?.permissions ?? [];
  const denied = explain(allowed, place) ?? (granted.includes(mayInsert) ? undefined : mayNot(place));
  return denied === undefined
    ? { ok: true, message: `Rows can be written to ${place}.` }
    : { ok: false, message: denied };
}

const mayNot = (place: string): string =>
  `The account of this Service Account Key may not write to ${place}; make it a BigQuery Data Editor of the dataset.`;

function explain(result: TableResult, place: string): string | undefined {
  const outcome = tableOutcome(result);
  if (outcome.status === "delivered") return undefined;
  if (outcome.status === "retry")
    return `${outcome.reason}, so nothing could be checked; try again in a while.`;
  if (result.kind === "refused")
    return `Google gives no token for this Service Account Key (${outcome.reason}); paste a key that is not revoked, and check this machine's clock.`;
  if (outcome.code === "unauthorized") return mayNot(place);
  const isMissing = result.kind === "response" && result.status === 404;
  return isMissing
    ? `There is no ${place}; make it with: tracecast create-table bigquery ${place}.`
    : `BigQuery does not answer as it should (${outcome.reason}); check the Project Id.`;
}

/** What keeps rows from being written to a table like this. */
function complaintAbout(answer: Json | undefined, place: string): string | undefined {
  const fields = tableAnswer.safeParse(answer).data?.schema.fields ?? [];
  const found = new Map(fields.map((field) => [field.name.toLowerCase(), field] as const));
  const wrong = Object.entries(columns).filter(
    ([name, kind]) => !fits(found.get(name.toLowerCase()), columnTypes.bigquery[kind]),
  );
  if (wrong.length > 0)
    return `The table ${place} needs other columns (${list(wrong.map(([name]) => name.toLowerCase()))}); compare it with: tracecast create-table bigquery.`;
  const required = [...found].filter(([name, { mode }]) => mode === "REQUIRED" && !isAlwaysFilled(name));
  return required.length === 0
    ? undefined
    : `The table ${place} requires columns that may have no value (${list(required.map(([name]) => name))}); make them nullable.`;
}

/** Whether a field of a schema, with the names of BigQuery's older SQL, is what the statement declares. */
function fits(field: Field | undefined, declared: string): boolean {
  if (!field) return false;
  const [type = ""] = declared.split(" ");
  const isList = type.startsWith("ARRAY");
  const name = { FLOAT: "FLOAT64", INTEGER: "INT64" }[field.type] ?? field.type;
  return (field.mode === "REPEATED") === isList && name === type.replace(/^ARRAY<(.*)>$/, "$1");
}

const alwaysFilled = new Set([
  "duration_ms",
  "span_type",
  "status",
  "level",
  "attributes",
  "metadata",
  "model_parameters",
]);

function isAlwaysFilled(name: string): boolean {
  const kind = columns[name.toUpperCase() as keyof typeof columns] as string | undefined;
  return kind === "id" || kind === "time" || alwaysFilled.has(name);
}

const bodyOf = (result: TableResult): Json | undefined =>
  result.kind === "response" ? parseJson(result.body) : undefined;

const list = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
