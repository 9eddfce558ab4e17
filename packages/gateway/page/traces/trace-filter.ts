import type { Fate, TraceSummary } from "../api.ts";

/** Which traces are shown; what is absent does not matter. */
export interface TraceFilter {
  readonly search?: string;
  readonly model?: string;
  readonly status?: TraceStatus;
  /** The name of a destination. */
  readonly destination?: string;
  readonly fate?: Fate["state"];
  readonly user?: string;
  readonly session?: string;
}

/** How a request ended. */
export type TraceStatus = "ok" | "failed" | "cancelled";

const names = ["search", "model", "status", "destination", "fate", "user", "session"] as const;

/** Reads a filter off an address such as `#/traces?model=openai%2Fgpt-4o`. */
export function filterIn(hash: string): TraceFilter {
  const said = new URLSearchParams(hash.split("?")[1] ?? "");
  return Object.fromEntries(names.flatMap((name) => (said.get(name) ? [[name, said.get(name)]] : [])));
}

/** The address of the list under a filter. */
export function addressOf(filter: TraceFilter): string {
  const said = new URLSearchParams(names.flatMap((name) => (filter[name] ? [[name, filter[name]]] : [])));
  return said.size === 0 ? "#/traces" : `#/traces?${said.toString()}`;
}

/** How a request ended. */
export const statusOf = ({ failed, cancelled }: TraceSummary): TraceStatus =>
  failed ? "failed" : cancelled ? "cancelled" : "ok";

/** The model that answered, else the one that was asked for. */
export const modelOf = ({ model }: Pick<TraceSummary, "model">): string =>
  model.resolved ?? model.requested ?? "unknown model";

/** Whether a filter lets a trace be shown. */
export function isShown(trace: TraceSummary, filter: TraceFilter): boolean {
  const { search = "", model, status, destination, fate, user, session } = filter;
  return (
    (model === undefined || modelOf(trace) === model) &&
    (status === undefined || statusOf(trace) === status) &&
    (user === undefined || trace.user === user) &&
    (session === undefined || trace.sessionId === session) &&
    ((destination === undefined && fate === undefined) ||
      trace.fates.some(
        (one) => one.name === (destination ?? one.name) && one.state === (fate ?? one.state),
      )) &&
    holds(trace, search.trim().toLowerCase())
  );
}

function holds(trace: TraceSummary, search: string): boolean {
  if (search === "") return true;
  const { model, provider, user, sessionId, tags, trace: named, id, apiKey } = trace;
  const { traceId, traceName, spanName, generationName, metadata } = named;
  return [
    id,
    model.resolved,
    model.requested,
    provider,
    user,
    sessionId,
    apiKey?.name,
    traceId,
    traceName,
    spanName,
    generationName,
    ...tags,
    ...Object.entries(metadata).map(([key, value]) => `${key}: ${String(value)}`),
  ].some((text) => text?.toLowerCase().includes(search));
}
