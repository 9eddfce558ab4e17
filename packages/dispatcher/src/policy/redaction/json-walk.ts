import { isJsonObject } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";

/** Changes the items and fields of a value. What does not change stays the same object, so that its JSON text can be shared. */
export function mapChildren(value: Json, change: (child: Json, key: string | number) => Json): Json {
  if (Array.isArray(value)) return mapItems(value as readonly Json[], change);
  return isJsonObject(value) ? mapFields(value, change) : value;
}

function mapItems(items: readonly Json[], change: (child: Json, key: number) => Json): Json {
  const changed = items.map(change);
  return changed.some((item, index) => item !== items[index]) ? changed : items;
}

function mapFields(object: JsonObject, change: (child: Json, key: string) => Json): Json {
  let changed: Record<string, Json | undefined> | undefined;
  for (const [key, child] of Object.entries(object)) {
    if (child === undefined) continue;
    const after = change(child, key);
    if (after !== child) (changed ??= { ...object })[key] = after;
  }
  return changed ?? object;
}

/** JSON that stands in a text is at most this many texts deep. */
const maxTexts = 4;

/**
 * Changes the JSON that stands in a text, such as the arguments of a tool call. A text that holds none, or whose JSON does not change,
 * stays as it is to the byte.
 */
export function mapJsonText(text: string, depth: number, change: (value: Json) => Json): string | undefined {
  if (depth >= maxTexts || !/^\s*[[{]/.test(text)) return undefined;
  const value = parsed(text);
  if (typeof value !== "object" || value === null) return undefined;
  const after = change(value);
  return after === value ? text : JSON.stringify(after);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
