import { isJsonObject } from "@tracecast/core";
import type { Json, JsonObject } from "@tracecast/core";

/**
 * A config with changes put into it: what is given replaces, `null` removes, what is absent stays, and so does a value that is exactly what people are shown of the
 * stored one. It is compared with that, not recognised by its looks: a real secret may look like a masked one.
 * @param masked - what people are shown of `stored`
 */
export function mergeConfig(
  stored: JsonObject,
  changes: Readonly<Record<string, unknown>>,
  masked: JsonObject,
): JsonObject {
  const merged: Record<string, Json | undefined> = { ...stored };
  for (const [key, value] of Object.entries(changes))
    if (value === null) delete merged[key];
    else merged[key] = mergeValue(stored[key], value as Json, masked[key]);
  return merged;
}

/** An object, such as headers, is replaced as a whole; those of its values that are shown masked stay. */
function mergeValue(stored: Json | undefined, given: Json, masked: Json | undefined): Json | undefined {
  if (isJsonObject(given)) {
    const [before, shown] = [stored, masked].map((value) => (isJsonObject(value) ? value : {}));
    return Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key,
        mergeValue(before?.[key], value ?? null, shown?.[key]),
      ]),
    );
  }
  return stored !== undefined && given === masked ? stored : given;
}
