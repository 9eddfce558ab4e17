import type { TraceEvent } from "@tracecast/core";

/** A trace as people read it, on one line and without content. A figure that is not known is not shown. */
export function readableLine(event: TraceEvent): string {
  const { timing, trace, model, error, cost, user, sessionId, cancelled } = event;
  const names = [trace.traceName, trace.spanName, trace.generationName];
  const parts = [
    new Date(timing.startMs).toISOString(),
    error ? `failed (${error.status ?? error.type ?? "error"})` : (event.finishReason?.normalized ?? "ok"),
    model.resolved ?? model.requested ?? "unknown model",
    names.filter(Boolean).join(" / "),
    tokensOf(event),
    cost?.totalUsd !== undefined && `$${cost.totalUsd.toFixed(8).replace(/\.?0+$/, "")}`,
    `${Math.round(timing.endMs - timing.startMs)} ms`,
    cancelled && "cancelled by the client",
    user && `user ${user}`,
    sessionId && `session ${sessionId}`,
    event.tags.length > 0 && event.tags.map((tag) => `#${tag}`).join(" "),
    event.id,
  ];
  // Names come from requests: nothing of them may steer the terminal or begin a line.
  return parts
    .filter(Boolean)
    .join(" · ")
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ");
}

function tokensOf({ usage }: TraceEvent): string | undefined {
  const { promptTokens, completionTokens, totalTokens } = usage ?? {};
  if (promptTokens !== undefined && completionTokens !== undefined)
    return `${promptTokens} + ${completionTokens} tokens`;
  return totalTokens === undefined ? undefined : `${totalTokens} tokens`;
}
