import type { DeadLetter, Dispatcher } from "@tracecast/dispatcher";
import type { Context, Hono } from "hono";
import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { bodyOf } from "./body.ts";
import { parse } from "./destination-body.ts";
import type { Destinations } from "./destinations.ts";

/** What the routes of dead letters work on. */
export interface DeadLetterRoutesOptions {
  readonly destinations: Destinations;
  readonly dispatcher: Dispatcher;
}

/** Which dead letters are sent again, and where to. */
export const replayBody = z.object({ event_id: z.string().optional(), to: z.string().optional() });
/** Which dead letters are listed. */
export const lettersPage = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** What a destination refused: seen, sent again, thrown away. */
export function addDeadLetterRoutes(api: Hono, { destinations, dispatcher }: DeadLetterRoutesOptions): void {
  const root = "/api/tracecast/v1/destinations/:id/dead-letters";
  const idOf = (c: Context) => destinations.get(c.req.param("id") ?? "").dispatcherId;
  api.get(root, (c) => {
    const { offset, limit } = parse(lettersPage, c.req.query());
    const letters = dispatcher.deadLetters(idOf(c)).toReversed();
    const data = letters.slice(offset, offset + limit).map(summaryOf);
    return c.json({ data, total_count: letters.length });
  });
  api.get(`${root}/:event`, (c) => {
    const letter = dispatcher.deadLetters(idOf(c)).find(({ eventId }) => eventId === c.req.param("event"));
    if (!letter)
      throw new ApiError(404, "This dead letter is not there any more: sent again, or thrown away.");
    return c.json({ data: { ...summaryOf(letter), event: letter.event } });
  });
  api.post(`${root}/replay`, async (c) => {
    const { event_id: eventId, to } = parse(replayBody, await bodyOf(c));
    const replayed = dispatcher.replay(idOf(c), {
      ...(eventId !== undefined && { eventId }),
      ...(to !== undefined && { to: destinations.get(to).dispatcherId }),
    });
    return c.json({ replayed });
  });
  api.delete(root, (c) => c.json({ purged: dispatcher.purge(idOf(c)) }));
}

/** A letter without its event, which may be long. */
function summaryOf({ eventId, code, reason, detail, diedMs }: DeadLetter) {
  return { eventId, code, reason, detail, diedMs };
}
