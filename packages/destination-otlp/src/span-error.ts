import type { TraceEvent } from "@tracecast/core";
import type { SpanError } from "./span.ts";

/** Why a call failed, if it did. A client that went away before the answer was complete is a failure too. */
export function errorOf({ error, cancelled }: TraceEvent): SpanError | undefined {
  if (!error) return cancelled ? { type: "client_disconnected" } : undefined;
  const { type, status, message } = error;
  return {
    type: type ?? (status === undefined ? "_OTHER" : String(status)),
    ...(message !== undefined && { message }),
  };
}
