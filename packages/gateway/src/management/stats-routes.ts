import type { Dispatcher } from "@tracecast/dispatcher";
import type { Hono } from "hono";
import type { Destinations } from "./destinations.ts";

/** What the routes of statistics work on. */
export interface StatsRoutesOptions {
  readonly destinations: Destinations;
  readonly dispatcher: Dispatcher;
}

/** How every destination fares, in one answer: a page that watches many asks once. The gateway's own keeping is not one of them. */
export function addStatsRoutes(api: Hono, { destinations, dispatcher }: StatsRoutesOptions): void {
  api.get("/api/tracecast/v1/stats", (c) => {
    const data = dispatcher.stats().flatMap((stats) => {
      const managed = destinations.byDispatcherId(stats.id);
      return managed ? [{ ...stats, id: managed.saved.id }] : [];
    });
    return c.json({ data });
  });
}
