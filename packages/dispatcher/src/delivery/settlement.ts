import type { Rejected, TraceEvent } from "@tracecast/core";
import type { Clock } from "../clock.ts";
import type { DropLog } from "../drop-log.ts";
import type { Announce } from "../events.ts";
import type { Disposition, Ledger } from "../ledger.ts";
import type { Spool } from "../spool/spool.ts";
import type { Tally } from "../stats.ts";
import type { Item } from "./batch.ts";

/** What a settlement writes to. */
export interface Books {
  readonly destinationId: string;
  readonly spool: Spool;
  readonly tally: Tally;
  readonly ledger: Ledger;
  readonly drops: DropLog;
  readonly announce: Announce;
  readonly clock: Clock;
}

/** The one place where an event's wait at a destination ends: the spool, the counters, the ledger and the listeners all hear of it here. */
export class Settlement {
  readonly #books: Books;

  constructor(books: Books) {
    this.#books = books;
  }

  delivered(items: readonly Item[], durationMs: number): void {
    const { destinationId, spool, tally, ledger, announce, clock } = this.#books;
    const positions = items.map(({ position }) => position);
    tally.delivered += spool.settle(destinationId, positions);
    const atMs = clock.now();
    let disposition: Disposition & { readonly state: "delivered" } = {
      state: "delivered",
      attempts: 1,
      atMs,
    };
    for (const { encoded, attempts } of items) {
      // Nearly always one for all of them.
      if (disposition.attempts !== attempts) disposition = { state: "delivered", attempts, atMs };
      ledger.set(encoded.eventId, destinationId, disposition);
    }
    announce("delivered", {
      destinationId,
      eventIds: items.map(({ encoded }) => encoded.eventId),
      durationMs,
    });
  }

  retried(items: readonly Item[], reason: string, delayMs: number): void {
    const { destinationId, tally, ledger, announce } = this.#books;
    tally.retries += 1;
    for (const { encoded, attempts } of items) {
      ledger.set(encoded.eventId, destinationId, { state: "waiting", attempts, lastReason: reason });
    }
    announce("retried", { destinationId, events: items.length, reason, delayMs });
  }

  /** Makes an event a dead letter, unless it has been dropped in the meantime. */
  buried(
    {
      position,
      eventId,
      attempts,
    }: { readonly position: number; readonly eventId: string; readonly attempts: number },
    { code, reason, detail }: Rejected,
    view: TraceEvent | undefined,
  ): void {
    const { destinationId, spool, tally, ledger, drops, announce, clock } = this.#books;
    if (spool.settle(destinationId, [position]) === 0) return;
    const diedMs = clock.now();
    tally.dead += 1;
    ledger.set(eventId, destinationId, { state: "dead", attempts, atMs: diedMs, code, reason });
    const displaced = spool.deadLetters.add({
      destinationId,
      eventId,
      code,
      reason,
      diedMs,
      ...(detail !== undefined && { detail }),
      ...(view && { event: view }),
    });
    if (displaced.length > 0) drops.add(destinationId, "dead_letters", displaced.length, diedMs);
    announce("rejected", { destinationId, eventId, code, reason });
  }
}
