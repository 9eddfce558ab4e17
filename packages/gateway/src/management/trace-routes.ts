import type { TraceEvent } from "@tracecast/core";
import type { Dispatcher } from "@tracecast/dispatcher";
import type { Hono } from "hono";
import type { LocalTraces } from "../local/local-traces.ts";
import { ApiError } from "./api-error.ts";
import type { Destinations } from "./destinations.ts";

/** What the routes of traces work on. */
export interface TraceRoutesOptions {
  readonly localTraces: LocalTraces;
  readonly dispatcher: Dispatcher;
  readonly destinations: Destinations;
}

const root = "/api/tracecast/v1";

/** The last traces the gateway saw, and what became of each. */
export function addTraceRoutes(api: Hono, options: TraceRoutesOptions): void {
  const { localTraces, dispatcher } = options;
  api.get(`${root}/traces`, (c) =>
    c.json({
      data: localTraces
        .list()
        .toReversed()
        .map((event) => summaryOf(event, fatesOf(event.id, options))),
    }),
  );
  api.get(`${root}/traces/:id`, (c) => {
    const id = c.req.param("id");
    const event = localTraces.list().find((one) => one.id === id);
    if (!event) throw new ApiError(404, "This trace is not, or no longer, among those the gateway keeps.");
    return c.json({ data: { event, fates: fatesOf(id, options) } });
  });
  api.get(`${root}/explain/:id`, (c) => c.json({ data: dispatcher.explain(c.req.param("id")) }));
}

function summaryOf(event: TraceEvent, fates: readonly object[]) {
  const { id, operation, model, provider, timing, usage, cost, error, trace, user, sessionId, tags } = event;
  const { cancelled, streamed } = event;
  return {
    id,
    operation,
    model,
    provider,
    timing,
    usage,
    cost,
    trace,
    user,
    sessionId,
    tags,
    streamed,
    cancelled,
    fates,
    failed: error !== undefined,
  };
}

/** What became of an event at each destination, by the names people know; the gateway's own keeping is not one of them. */
function fatesOf(eventId: string, { dispatcher, destinations }: TraceRoutesOptions) {
  const [explanation] = dispatcher.explain(eventId);
  const stats = new Map(dispatcher.stats().map((one) => [one.id, one]));
  return Object.entries(explanation?.destinations ?? {}).flatMap(([id, disposition]) => {
    const known = stats.get(id);
    if (id === "local" || !known) return [];
    const managed = destinations.byDispatcherId(id);
    return [
      {
        id: managed?.saved.id,
        name: known.name,
        type: known.type,
        private: managed?.saved.privacyMode ?? false,
        ...disposition,
      },
    ];
  });
}
