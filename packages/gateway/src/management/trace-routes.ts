import type { Piece, TraceEvent } from "@tracecast/core";
import { parseJson } from "@tracecast/core";
import type { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { LocalTraces } from "../local/local-traces.ts";
import { summaryOf } from "../local/trace-summary.ts";
import { ApiError } from "./api-error.ts";
import { fatesWithRules, fateTeller } from "./fates.ts";
import type { Fate, FateSources } from "./fates.ts";
import type { TraceFeed } from "./trace-feed.ts";

/** What the routes of traces work on. */
export interface TraceRoutesOptions extends FateSources {
  readonly localTraces: LocalTraces;
  readonly feed: TraceFeed;
}

const root = "/api/tracecast/v1";

/** The last traces the gateway saw, and what became of each. */
export function addTraceRoutes(api: Hono, options: TraceRoutesOptions): void {
  const { localTraces, dispatcher, destinations } = options;
  const mustHave = (id: string): TraceEvent => {
    const event = localTraces.get(id);
    if (event) return event;
    throw new ApiError(404, "This trace is not, or no longer, among those the gateway keeps.");
  };
  api.get(`${root}/traces`, (c) => c.json({ data: shownTraces(options).toReversed() }));
  addLiveRoute(api, options);
  api.get(`${root}/traces/:id`, (c) => {
    const event = mustHave(c.req.param("id"));
    const { traceId } = event.trace;
    const together = shownTraces(options).filter(
      ({ id, trace }) => id === event.id || (traceId !== undefined && trace.traceId === traceId),
    );
    return c.json({ data: { event, fates: fatesWithRules(event, options), together } });
  });
  api.get(`${root}/traces/:id/sent/:destinationId`, (c) => {
    const event = mustHave(c.req.param("id"));
    const { saved, dispatcherId } = destinations.get(c.req.param("destinationId"));
    const fate = fatesWithRules(event, options).find(({ id }) => id === saved.id);
    if (!fate)
      throw new ApiError(
        404,
        "This destination is of another workspace, or was not there when the trace came in.",
      );
    if (!isSent(fate)) return c.json({ data: { fate, private: fate.private, pieces: [] } });
    const encoded = dispatcher.encode(dispatcherId, event);
    return c.json({ data: { fate, ...encoded, pieces: encoded.pieces.map(shownPiece) } });
  });
  api.get(`${root}/explain/:id`, (c) => c.json({ data: dispatcher.explain(c.req.param("id")) }));
}

/** Every kept trace without what was said, and what became of it, oldest first. */
export function shownTraces({
  localTraces,
  ...sources
}: FateSources & { readonly localTraces: LocalTraces }) {
  const fatesOf = fateTeller(sources);
  return localTraces.list().map((event) => ({ ...summaryOf(event), fates: fatesOf(event.id) }));
}

/** A list that keeps itself up to date, as server-sent events. */
function addLiveRoute(api: Hono, { feed, localTraces }: TraceRoutesOptions): void {
  api.get(`${root}/traces/live`, (c) => {
    // Nobody would read the stream, nor end it.
    if (c.req.method === "HEAD") return c.body(null);
    const gone = new AbortController();
    const news = feed.watch(gone.signal);
    // A proxy in front must not wait for the stream's end.
    c.header("x-accel-buffering", "no");
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => gone.abort());
      for await (const one of news) {
        if (one.kind === "nothing") await stream.write(": still here\n\n");
        else {
          const data =
            one.kind === "trace" ? one.json : `{"keep":${localTraces.keep},"traces":[${one.json.join()}]}`;
          await stream.writeSSE({ event: one.kind, data });
        }
      }
    });
  });
}

const isSent = ({ state }: Fate): boolean => state === "delivered" || state === "waiting" || state === "dead";

/** What it is stored under, its size, and what it says: as JSON, or as text where it is none. */
function shownPiece({ key, bytes, json: text }: Piece) {
  const json = parseJson(text);
  return { key, bytes, ...(json === undefined ? { text } : { json }) };
}
