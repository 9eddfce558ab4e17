import type { Dispatcher } from "@tracecast/dispatcher";
import type { Hono } from "hono";
import { z } from "zod";
import { overviewRanges } from "../overview/overview.ts";
import type { Overview, OverviewRange } from "../overview/overview.ts";
import { parse } from "./destination-body.ts";
import type { Destinations } from "./destinations.ts";

/** What the routes of the overview work on. */
export interface OverviewRoutesOptions {
  readonly overview: Overview;
  readonly dispatcher: Dispatcher;
  readonly destinations: Destinations;
}

/** Which hours. */
export const overviewQuery = z.object({
  range: z.enum(Object.keys(overviewRanges) as [OverviewRange, ...OverviewRange[]]).default("1h"),
});

/** What all requests of the last hours come to, and what each destination took. */
export function addOverviewRoutes(api: Hono, options: OverviewRoutesOptions): void {
  const { overview, dispatcher, destinations } = options;
  api.get("/api/tracecast/v1/overview", (c) => {
    const { deliveries, ...view } = overview.view(parse(overviewQuery, c.req.query()).range);
    const none = view.times.map(() => 0);
    const shown = dispatcher
      .stats()
      .filter(({ id }) => id !== "local")
      .map(({ id, name, type, state, pending, oldestPendingMs }) => {
        const counts = deliveries.find(({ destinationId }) => destinationId === id);
        return {
          id: destinations.byDispatcherId(id)?.saved.id,
          name,
          type,
          state,
          pending,
          oldestPendingMs,
          delivered: counts?.delivered ?? none,
          dead: counts?.dead ?? none,
        };
      });
    return c.json({ data: { ...view, destinations: shown } });
  });
}
