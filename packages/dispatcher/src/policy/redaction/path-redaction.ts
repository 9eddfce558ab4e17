import { isJsonObject } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import { mapChildren, mapJsonText } from "./json-walk.ts";
import type { Step } from "./path.ts";

/** Replaces what a path leads to, also inside JSON that stands in a text. What it does not touch stays the same object. */
export function redactPath(
  value: Json,
  steps: readonly Step[],
  replace: (value: Json) => Json,
  depth = 0,
): Json {
  const [step, ...rest] = steps;
  if (!step) return replace(value);
  if (typeof value === "string")
    return mapJsonText(value, depth, (inner) => redactPath(inner, steps, replace, depth + 1)) ?? value;
  if (step.kind === "deep") {
    const here = redactPath(value, rest, replace, depth);
    return mapChildren(here, (child) => redactPath(child, steps, replace, depth));
  }
  return mapChildren(value, (child, key) =>
    leadsTo(step, key, value) ? redactPath(child, rest, replace, depth) : child,
  );
}

function leadsTo(step: Exclude<Step, { kind: "deep" }>, key: string | number, parent: Json): boolean {
  if (step.kind === "items") return typeof key === "number";
  if (step.kind === "fields") return isJsonObject(parent);
  return step.kind === "item" ? key === step.index : key === step.name;
}
