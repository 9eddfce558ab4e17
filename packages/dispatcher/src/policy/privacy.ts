import { contentClasses } from "@tracecast/core";
import type { ContentClasses, TraceEvent } from "@tracecast/core";

/**
 * The event as a destination in privacy mode may see it: a new object with those fields only that the model marks as open.
 * It is built by allow-list, so a field that nobody classified is withheld.
 */
export function privateView(event: TraceEvent): TraceEvent {
  return openFieldsOf(event, contentClasses) as TraceEvent;
}

function openFieldsOf(source: object, classes: ContentClasses): object {
  const view: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(source)) {
    const marked = Object.hasOwn(classes, field) ? classes[field] : undefined;
    if (marked === "open") view[field] = value;
    else if (typeof marked === "object" && typeof value === "object" && value !== null)
      view[field] = openFieldsOf(value, marked);
  }
  return view;
}
