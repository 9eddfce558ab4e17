import { z } from "zod";
import type { JsonObject } from "../json.ts";
import { isJsonObject } from "../json.ts";

/**
 * What a field of the trace event may reveal.
 * - `open`: metering and grouping: usage, cost, timing, names, ids, tags, custom metadata. Every destination may have it.
 * - `content`: what people and models said, or what may quote it. Withheld in privacy mode.
 */
export type ContentClass = "open" | "content";

/** The class of each field, nested as the model is. A field that is missing here is withheld. */
export interface ContentClasses {
  readonly [field: string]: ContentClass | ContentClasses;
}

/** Marks a field that every destination may have. */
export const open = <S extends z.ZodType>(schema: S): S => schema.meta({ contentClass: "open" });

/** Marks a field that is withheld in privacy mode. */
export const content = <S extends z.ZodType>(schema: S): S => schema.meta({ contentClass: "content" });

/** Reads the classes off a model whose fields were marked with {@link open} and {@link content}. */
export function contentClassesOf(model: z.ZodObject): ContentClasses {
  return classesIn(z.toJSONSchema(model, { unrepresentable: "any" }) as JsonObject);
}

function classesIn(schema: JsonObject): ContentClasses {
  const classes: Record<string, ContentClass | ContentClasses> = {};
  for (const [field, value] of Object.entries(schema["properties"] ?? {})) {
    if (!isJsonObject(value)) continue;
    const marked = value["contentClass"];
    if (marked === "open" || marked === "content") classes[field] = marked;
    else if (isJsonObject(value["properties"])) classes[field] = classesIn(value);
  }
  return classes;
}
