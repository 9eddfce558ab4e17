/** Anything `JSON.parse` can answer. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Whether a value is an object with keys: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a JSON text; `undefined` where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const fragments = new WeakMap<object, string>();

/**
 * The JSON text of a value, made once for each object.
 *
 * The content of an event is most of its size, and every destination sends the same content. An encoder that asks here for
 * the text of `event.input` and splices it into its own row shares that text with every other encoder. Only immutable values
 * may be passed: the text is remembered as long as the object lives.
 */
export function jsonFragment(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const known = fragments.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  fragments.set(value, text);
  return text;
}
