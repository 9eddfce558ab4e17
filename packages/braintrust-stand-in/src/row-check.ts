import { parseNoStrip } from "@braintrust/core";
import { apiSpecEventObjectSchemas } from "@braintrust/core/typespecs";

const { insertEvent } = apiSpecEventObjectSchemas.project_logs;

/** A row as it arrived. */
export type RawRow = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * What is wrong with the rows of one request: the vendor's own schema with no unknown key let through, and beyond it what the
 * vendor documents but its schema does not say. Empty: nothing.
 */
export function complaintsAbout(events: readonly unknown[]): readonly string[] {
  const complaints = events.flatMap((event, index) =>
    rowComplaints(event).map((complaint) => `row ${index}: ${complaint}`),
  );
  const ids = events.map((event) => (event as RawRow).id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [...complaints, ...twice.map((id) => `id ${id} stands twice in one request`)];
}

function rowComplaints(event: unknown): readonly string[] {
  try {
    parseNoStrip(insertEvent as never, event as never);
  } catch (error) {
    return [`does not fit the schema: ${(error as Error).message.slice(0, 500)}`];
  }
  const row = event as RawRow;
  return [...idComplaints(row), ...metricComplaints(row), ...textComplaints(row), ...tagComplaints(row)];
}

function idComplaints(row: RawRow): readonly string[] {
  const { id, span_id: spanId, root_span_id: rootSpanId, span_parents: parents } = row;
  const isRoot = !Array.isArray(parents) || parents.length === 0;
  return [
    ...(id && spanId && rootSpanId ? [] : ["id, span_id and root_span_id must all be there"]),
    ...(isRoot && spanId !== rootSpanId ? ["a root's span_id must be its root_span_id"] : []),
    ...(Array.isArray(parents) && parents.includes(spanId) ? ["a row must not be its own parent"] : []),
  ];
}

function metricComplaints(row: RawRow): readonly string[] {
  const metrics = Object.entries((row["metrics"] ?? {}) as Record<string, unknown>);
  const { type } = (row["span_attributes"] ?? {}) as { type?: string };
  const counted = metrics.filter(([name]) => /token|cost/.test(name) && name !== "time_to_first_token");
  return [
    ...metrics.flatMap(([name, value]) =>
      typeof value === "number" && Number.isFinite(value) && value >= 0
        ? []
        : [`metric ${name} is ${String(value)}`],
    ),
    ...(type === "task" && counted.length > 0 ? ["tokens and costs may not stand on a task row"] : []),
  ];
}

// As JSON spells them; a backslash before the backslash means that the text itself says so.
const unclean = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

function textComplaints(row: RawRow): readonly string[] {
  const text = JSON.stringify(row);
  const created = row["created"];
  return [
    ...(unclean.test(text) ? ["NUL or half a surrogate pair"] : []),
    ...(created === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(created as string)
      ? []
      : ["created is not ISO 8601"]),
    ...(row["_is_merge"] === true && Object.values(row).includes(null)
      ? ["a null in a merge overwrites"]
      : []),
    ...(row["tags"] !== undefined && (row["tags"] as unknown[]).length === 0 ? ["tags is empty"] : []),
  ];
}

function tagComplaints(row: RawRow): readonly string[] {
  const tags = (row["tags"] ?? []) as readonly string[];
  const parents = (row["span_parents"] ?? []) as readonly string[];
  return [
    ...(new Set(tags).size === tags.length ? [] : ["a tag stands twice"]),
    // Source: the API answers "cannot specify 'tags' for non-root spans".
    ...(tags.length > 0 && parents.length > 0 ? ["cannot specify 'tags' for non-root spans"] : []),
  ];
}
