import type { Json, JsonObject } from "../json.ts";

/**
 * A copy of a value whose strings hold no NUL and no half of a surrogate pair: stores behind a destination refuse them. What is clean
 * already is returned as it is, not copied.
 */
export function wellFormed(value: Json): Json {
  if (typeof value === "string") return wellFormedText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const mapped = items.map(wellFormed);
    return mapped.some((item, index) => item !== items[index]) ? mapped : value;
  }
  return wellFormedObject(value as JsonObject);
}

function wellFormedObject(object: JsonObject): JsonObject {
  let changed = false;
  const entries = Object.entries(object).map(([key, child]) => {
    const entry = [wellFormedText(key), child === undefined ? child : wellFormed(child)] as const;
    changed ||= entry[0] !== key || entry[1] !== child;
    return entry;
  });
  return changed ? Object.fromEntries(entries) : object;
}

/** See {@link wellFormed}. */
export function wellFormedText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", "") : whole;
}
