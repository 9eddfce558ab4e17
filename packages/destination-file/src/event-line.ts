import { eventJson } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";

// What JSON may hold as it is, and a terminal or a reader of lines takes for a command or a line's end.
const steering = /[\u007f-\u009f\u2028\u2029]/g;

/** An event as JSON on one line, under the names of the model: what `tracecast replay` reads. */
export function eventLine(event: TraceEvent): string {
  return eventJson(event).replaceAll(
    steering,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
