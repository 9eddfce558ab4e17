import type { Announce, DropLimit } from "./events.ts";

const pauseMs = 60_000;

interface Count {
  readonly destinationId: string;
  readonly limit: DropLimit;
  events: number;
  announcedMs: number;
}

/** Announces dropped events: the first at once, the rest summed up once a minute, so that a full spool does not flood a log. */
export class DropLog {
  readonly #announce: Announce;
  readonly #counts = new Map<string, Count>();

  constructor(announce: Announce) {
    this.#announce = announce;
  }

  add(destinationId: string, limit: DropLimit, events: number, nowMs: number): void {
    const key = JSON.stringify([destinationId, limit]);
    const count = this.#counts.get(key) ?? { destinationId, limit, events: 0, announcedMs: -Infinity };
    count.events += events;
    this.#counts.set(key, count);
    this.#sayIfDue(count, nowMs);
  }

  /** Says what is still unsaid and a minute old. */
  sayWhatIsDue(nowMs: number): void {
    for (const count of this.#counts.values()) this.#sayIfDue(count, nowMs);
  }

  #sayIfDue(count: Count, nowMs: number): void {
    if (count.events === 0 || nowMs - count.announcedMs < pauseMs) return;
    const { destinationId, limit, events } = count;
    count.events = 0;
    count.announcedMs = nowMs;
    this.#announce("dropped", { destinationId, events, limit });
  }
}
