import { contentClasses } from "@tracecast/core";
import type { ContentClasses, TraceEvent } from "@tracecast/core";
import { deepFreeze } from "./deep-freeze.ts";

/** A frozen copy of an event with those fields only that the model marks as open, as a destination in privacy mode gets it. */
export function withoutContent(event: TraceEvent): TraceEvent {
  return deepFreeze(structuredClone(openPart(event, contentClasses)) as TraceEvent);
}

function openPart(value: object, classes: ContentClasses): object {
  const kept = Object.entries(value).flatMap(([field, child]: [string, unknown]) => {
    const marked = classes[field];
    if (marked === "open") return [[field, child] as const];
    if (typeof marked !== "object" || typeof child !== "object" || child === null) return [];
    return [[field, openPart(child, marked)] as const];
  });
  return Object.fromEntries(kept);
}
