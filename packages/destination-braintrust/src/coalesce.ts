import { isJsonObject, piece } from "@tracecast/core";
import type { Json, JsonObject, Piece } from "@tracecast/core";

/**
 * One row for each id, in the order of first appearance: what would happen to two rows of one id in one request is not documented. Rows of
 * one id are joined as the server merges: objects deeply, tags united, ids and creation time from the first, everything else from the last.
 */
export function coalesceRows(rows: readonly Piece[]): readonly Piece[] {
  const byKey = new Map<string, Piece>();
  for (const row of rows) {
    const { key = "" } = row;
    const known = byKey.get(key);
    byKey.set(key, known === undefined || known.utf8.equals(row.utf8) ? row : joined(known, row));
  }
  return [...byKey.values()];
}

function joined(known: Piece, row: Piece): Piece {
  return piece(JSON.stringify(mergeRows(parse(known.json), parse(row.json))), row.key);
}

const fromFirst: ReadonlySet<string> = new Set(["id", "span_id", "root_span_id", "span_parents", "created"]);

/** Joins two rows of one id. */
function mergeRows(first: JsonObject, second: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const known = first[key];
    if (known !== undefined && fromFirst.has(key)) continue;
    if (key === "tags" && Array.isArray(known) && Array.isArray(value))
      merged[key] = [...new Set([...known, ...value])];
    else merged[key] = mergeValues(known, value);
  }
  return merged;
}

function mergeValues(first: Json | undefined, second: Json | undefined): Json | undefined {
  if (!isJsonObject(first) || !isJsonObject(second)) return second;
  const merged: Record<string, Json | undefined> = { ...first };
  for (const [key, value] of Object.entries(second)) merged[key] = mergeValues(first[key], value);
  return merged;
}

const parse = (json: string): JsonObject => JSON.parse(json) as JsonObject;
