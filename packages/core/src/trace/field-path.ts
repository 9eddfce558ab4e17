import type { z } from "zod";
import { traceEventSchema } from "./event.ts";
import type { TraceEvent } from "./event.ts";

/**
 * What content is made of, by the field it stands in: the role that says it, or the name that the request and the answer have for it. The model leaves
 * open what stands in these fields; a far end may have a place for one part and none for another.
 */
export const contentParts = {
  input: ["system", "user", "assistant", "tool", "tool_calls", "name", "image", "file"],
  output: [
    "content",
    "tool_calls",
    "refusal",
    "reasoning",
    "reasoning_details",
    "annotations",
    "audio",
    "logprobs",
  ],
  contentParameters: ["tools", "tool_choice", "response_format", "stop", "prediction"],
} as const satisfies { readonly [Field in keyof TraceEvent]?: readonly string[] };

type ContentPath = {
  [Field in keyof typeof contentParts]: `${Field}.${(typeof contentParts)[Field][number]}`;
}[keyof typeof contentParts];

/** The paths in a shape whose names are known: `usage`, `usage.cachedTokens`. What stands in a record or a list has none. */
type PathsIn<Shape> = {
  [Field in keyof Shape & string]: Field | `${Field}.${PathsBelow<NonNullable<Shape[Field]>>}`;
}[keyof Shape & string];

type PathsBelow<Value> = Value extends object
  ? Value extends readonly unknown[]
    ? never
    : string extends keyof Value
      ? never
      : PathsIn<Required<Value>>
  : never;

/** A field of the trace event, a group of them, or a part of what stands in one: `user`, `cost.byok`, `trace`, `output.reasoning`. */
export type FieldPath = PathsIn<Required<TraceEvent>> | ContentPath;

/** Every {@link FieldPath} there is. */
export const fieldPaths: ReadonlySet<string> = new Set([
  ...pathsIn(traceEventSchema),
  ...Object.entries(contentParts).flatMap(([field, parts]) => parts.map((part) => `${field}.${part}`)),
]);

function pathsIn(model: z.ZodObject): readonly string[] {
  return Object.entries(model.shape).flatMap(([field, schema]) => {
    const inner = unwrapped(schema as z.ZodType);
    const below = "shape" in inner ? pathsIn(inner as z.ZodObject) : [];
    return [field, ...below.map((path) => `${field}.${path}`)];
  });
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return "unwrap" in schema ? unwrapped((schema as z.ZodOptional<z.ZodType>).unwrap()) : schema;
}
