import type { TraceEvent, Usage } from "@tracecast/core";
import archy from "archy";

/**
 * One trace as a person reads it: its name, the span if there is one, the generation with its figures. A figure that is not
 * known is not shown.
 */
export function traceTree(event: TraceEvent): string {
  const { trace } = event;
  const model = event.model.resolved ?? event.model.requested ?? "unknown model";
  const generation = line(trace.generationName ?? model, [
    trace.generationName && model,
    ...figuresOf(event),
  ]);
  const named = trace.traceId ?? trace.traceName ?? trace.spanName;
  if (named === undefined) return generation;
  const root = line(trace.traceName ?? model, [
    trace.traceId && `trace ${trace.traceId}`,
    event.sessionId && `session ${event.sessionId}`,
    event.user && `user ${event.user}`,
  ]);
  const leaf = { label: generation };
  const nodes = trace.spanName ? [{ label: line(trace.spanName, []), nodes: [leaf] }] : [leaf];
  return archy({ label: root, nodes }).trimEnd();
}

function figuresOf({ usage, cost, timing, error, cancelled }: TraceEvent): readonly (string | undefined)[] {
  const firstToken = timing.firstTokenMs === undefined ? undefined : timing.firstTokenMs - timing.startMs;
  return [
    usage && tokensOf(usage),
    cost?.totalUsd === undefined ? undefined : `$${plain(cost.totalUsd)}`,
    firstToken === undefined ? undefined : `first token ${Math.round(firstToken)} ms`,
    `${Math.round(timing.endMs - timing.startMs)} ms`,
    error && `failed (${error.status ?? error.type ?? "error"})`,
    cancelled ? "cancelled by the client" : undefined,
  ];
}

function tokensOf({ promptTokens, completionTokens, totalTokens }: Usage): string | undefined {
  if (promptTokens !== undefined && completionTokens !== undefined) {
    return `${promptTokens} + ${completionTokens} tokens`;
  }
  return totalTokens === undefined ? undefined : `${totalTokens} tokens`;
}

/** A small amount without an exponent and without trailing zeros. */
function plain(usd: number): string {
  return usd.toFixed(8).replace(/\.?0+$/, "");
}

function line(name: string, details: readonly (string | undefined)[]): string {
  // Names come from requests: nothing of them may steer the terminal.
  return [name, ...details.filter(Boolean)].join(" · ").replaceAll(/\p{Cc}/gu, " ");
}
