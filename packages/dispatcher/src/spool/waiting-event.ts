import type { TraceEvent } from "@tracecast/core";
import type { SpoolEntry } from "./spool-index.ts";
import type { SpooledEvent } from "./spool.ts";

/** An entry of a spool's index as it waits for one destination. */
export class WaitingEvent<Entry extends SpoolEntry> implements SpooledEvent {
  readonly position: number;
  readonly acceptedMs: number;
  readonly private: boolean;
  readonly #entry: Entry;
  readonly #fetch: (entry: Entry) => TraceEvent;

  constructor(entry: Entry, destinationId: string, fetch: (entry: Entry) => TraceEvent) {
    this.position = entry.position;
    this.acceptedMs = entry.acceptedMs;
    this.private = entry.waiting.some((to) => to.private && to.destinationId === destinationId);
    this.#entry = entry;
    this.#fetch = fetch;
  }

  get event(): TraceEvent {
    return this.#fetch(this.#entry);
  }
}
