import type { RejectionCode, TraceEvent } from "@tracecast/core";
import type { FilterRule, Verdict } from "./policy/admit.ts";
import type { SpoolLimit } from "./spool/spool.ts";

/** What became of one event at one destination. Times are epoch milliseconds. */
export type Disposition =
  | { readonly state: "filtered"; readonly by: FilterRule }
  | { readonly state: "sampled_out" }
  | { readonly state: "waiting"; readonly attempts: number; readonly lastReason?: string }
  | { readonly state: "delivered"; readonly attempts: number; readonly atMs: number }
  | { readonly state: "dropped"; readonly limit: SpoolLimit }
  | {
      readonly state: "dead";
      readonly attempts: number;
      readonly atMs: number;
      readonly code: RejectionCode;
      readonly reason: string;
    };

/** What became of one event everywhere. */
export interface Explanation {
  readonly eventId: string;
  readonly traceId?: string;
  /** By destination id. */
  readonly destinations: Readonly<Record<string, Disposition>>;
}

interface Entry {
  readonly eventId: string;
  readonly traceId: string | undefined;
  readonly dispositions: Map<string, Disposition>;
}

const waiting: Disposition = { state: "waiting", attempts: 0 };

/** Remembers what became of the last events, at most `max` of them. */
export class Ledger {
  readonly #max: number;
  readonly #entries = new Map<string, Entry>();
  readonly #positions = new Map<number, Entry>();

  constructor(max = 10_000) {
    this.#max = max;
  }

  /** Opens the account of an event. */
  judged(event: TraceEvent, verdicts: ReadonlyMap<string, Verdict>): void {
    const dispositions = new Map<string, Disposition>();
    for (const [id, verdict] of verdicts) dispositions.set(id, dispositionOf(verdict));
    this.#entries.set(event.id, { eventId: event.id, traceId: event.trace.traceId, dispositions });
    if (this.#entries.size > this.#max) this.#forgetOldest(this.#entries);
  }

  /** Notes where an event stands in the spool, so that it can be found when the spool drops it. */
  stored(eventId: string, position: number): void {
    const entry = this.#entries.get(eventId);
    if (!entry) return;
    this.#positions.set(position, entry);
    if (this.#positions.size > this.#max) this.#forgetOldest(this.#positions);
  }

  set(eventId: string, destinationId: string, disposition: Disposition): void {
    this.#entries.get(eventId)?.dispositions.set(destinationId, disposition);
  }

  dropped(position: number, destinationId: string, limit: SpoolLimit): void {
    this.#positions.get(position)?.dispositions.set(destinationId, { state: "dropped", limit });
  }

  /** The accounts of an event, by its id, or of all events of a trace. */
  explain(eventOrTraceId: string): readonly Explanation[] {
    const entry = this.#entries.get(eventOrTraceId);
    const found = entry
      ? [entry]
      : [...this.#entries.values()].filter(({ traceId }) => traceId === eventOrTraceId);
    return found.map(({ eventId, traceId, dispositions }) => ({
      eventId,
      ...(traceId !== undefined && { traceId }),
      destinations: Object.fromEntries(dispositions),
    }));
  }

  #forgetOldest<K>(map: Map<K, Entry>): void {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
}

function dispositionOf(verdict: Verdict): Disposition {
  if (verdict.admitted) return waiting;
  return verdict.by === "sampling" ? { state: "sampled_out" } : { state: "filtered", by: verdict.by };
}
