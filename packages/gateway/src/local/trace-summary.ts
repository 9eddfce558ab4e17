import type { TraceEvent } from "@tracecast/core";

/** A trace as a list shows it: everything but what was said. */
export type TraceSummary = Pick<
  TraceEvent,
  | "id"
  | "operation"
  | "apiKey"
  | "model"
  | "provider"
  | "timing"
  | "usage"
  | "cost"
  | "finishReason"
  | "trace"
  | "user"
  | "sessionId"
  | "tags"
  | "streamed"
  | "cancelled"
> & { readonly failed: boolean };

/** Leaves out what was said. */
export function summaryOf(event: TraceEvent): TraceSummary {
  const { id, operation, apiKey, model, provider, timing, usage, cost, finishReason } = event;
  const { trace, user, sessionId, tags, streamed, cancelled, error } = event;
  return {
    id,
    operation,
    apiKey,
    model,
    provider,
    timing,
    usage,
    cost,
    finishReason,
    trace,
    user,
    sessionId,
    tags,
    streamed,
    cancelled,
    failed: error !== undefined,
  };
}
