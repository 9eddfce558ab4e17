import type { FilterRule, Verdict } from "./policy/admit.ts";
import type { SpoolLimit } from "./spool/spool.ts";

/**
 * What became of everything that was published since a destination was added, and of what waited for it by then. At every moment
 * `published = Σ filtered + sampledOut + delivered + dead + Σ dropped + pending`.
 */
export interface DestinationStats {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly state: "running" | "paused" | "disabled";
  /** Why it is paused, for an operator to read. */
  readonly pausedReason?: string;
  /** Since when, in epoch milliseconds. */
  readonly pausedSinceMs?: number;
  readonly published: number;
  readonly filtered: Readonly<Partial<Record<FilterRule, number>>>;
  readonly sampledOut: number;
  readonly delivered: number;
  readonly dead: number;
  readonly dropped: Readonly<Partial<Record<SpoolLimit, number>>>;
  readonly pending: number;
  /** When the oldest that waits was accepted, in epoch milliseconds. */
  readonly oldestPendingMs?: number;
  /** Open: it failed five times in a row and is only probed. */
  readonly circuit: "closed" | "open";
  /** Why the last attempt failed; absent after one that did not. */
  readonly lastFailure?: string;
  /** When the first of the failures since the last delivery was, in epoch milliseconds. */
  readonly failingSinceMs?: number;
  /** Failed attempts that were, or will be, made again. */
  readonly retries: number;
}

/** The counters of one destination. */
export class Tally {
  published = 0;
  sampledOut = 0;
  delivered = 0;
  dead = 0;
  retries = 0;
  readonly filtered: Partial<Record<FilterRule, number>> = {};
  readonly dropped: Partial<Record<SpoolLimit, number>> = {};

  /** Counts a published event by what its policy said. */
  judged(verdict: Verdict): void {
    this.published += 1;
    if (verdict.admitted) return;
    if (verdict.by === "sampling") this.sampledOut += 1;
    else this.filtered[verdict.by] = (this.filtered[verdict.by] ?? 0) + 1;
  }

  /** Counts a dead letter that waits for another try. */
  revived(): void {
    this.dead -= 1;
  }

  lost(events: number, limit: SpoolLimit): void {
    this.dropped[limit] = (this.dropped[limit] ?? 0) + events;
  }
}
