import { createHash } from "node:crypto";
import type { TraceEvent } from "@tracecast/core";

/**
 * The id that groups events into a trace: the caller's, else the event's own. One with characters that PostHog does not take there
 * becomes its SHA-256.
 *
 * @see https://posthog.com/docs/llm-analytics/manual-capture, `$ai_trace_id`
 */
export function traceIdOf({ id, trace: { traceId } }: TraceEvent): string {
  if (traceId === undefined) return id;
  return /^[\w~.@()!':|-]+$/.test(traceId) ? traceId : createHash("sha256").update(traceId).digest("hex");
}
