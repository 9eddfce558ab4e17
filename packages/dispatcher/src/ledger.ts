import type { RejectionCode, TraceEvent } from "@tracecast/core";
import type { FilterRule, Verdict } from "./policy/admit.ts";
import { RecentMap } from "./recent-map.ts";
import type { Recipient, SpoolLimit } from "./spool/spool.ts";

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
  /** The ids of those destinations that were to see no content of it when it was accepted, or handed to them; absent where none was. */
  readonly private?: readonly string[];
}

/** A destination that a policy kept an event from. */
export interface Refusal {
  readonly destinationId: string;
  readonly verdict: Verdict;
}

interface Entry {
  readonly eventId: string;
  readonly traceId: string | undefined;
  readonly refusals: readonly Refusal[];
  readonly recipients: readonly Recipient[];
  /** What happened to it at each recipient after it was accepted, in their order. A list, for a map an event would be most of its memory. */
  readonly later: (Disposition | undefined)[];
  /** What happened to it at destinations that it was replayed to. */
  elsewhere?: Map<string, Disposition>;
  /** The destinations that it was handed to by hand and without content. */
  handedInPrivate?: Set<string>;
}

const waiting: Disposition = { state: "waiting", attempts: 0 };

const remembered = 10_000;

/** Remembers what became of the last events: at least of the last 10,000. */
export class Ledger {
  readonly #entries = new RecentMap<string, Entry>(remembered);
  readonly #positions = new RecentMap<number, Entry>(remembered);

  /** Opens the account of an event. */
  judged(event: TraceEvent, recipients: readonly Recipient[], refusals: readonly Refusal[]): void {
    const { id: eventId, trace } = event;
    this.#entries.set(eventId, { eventId, traceId: trace.traceId, recipients, refusals, later: [] });
  }

  /** Notes where an event stands in the spool, so that it can be found when the spool drops it. */
  stored(eventId: string, position: number): void {
    const entry = this.#entries.get(eventId);
    if (entry) this.#positions.set(position, entry);
  }

  /** Notes that an event goes to a destination by hand, be it one that its policy kept it from. */
  handed(eventId: string, { destinationId, private: isPrivate }: Recipient): void {
    const entry = this.#entries.get(eventId);
    if (!entry) return;
    note(entry, destinationId, waiting);
    if (isPrivate) (entry.handedInPrivate ??= new Set()).add(destinationId);
  }

  set(eventId: string, destinationId: string, disposition: Disposition): void {
    const entry = this.#entries.get(eventId);
    if (entry) note(entry, destinationId, disposition);
  }

  dropped(position: number, destinationId: string, limit: SpoolLimit): void {
    const entry = this.#positions.get(position);
    if (entry) note(entry, destinationId, { state: "dropped", limit });
  }

  /** The accounts of an event, by its id, or of all events of a trace. */
  explain(eventOrTraceId: string): readonly Explanation[] {
    const entry = this.#entries.get(eventOrTraceId);
    const found = entry
      ? [entry]
      : this.#entries.values().filter(({ traceId }) => traceId === eventOrTraceId);
    return found.map(explanationOf);
  }
}

function note(entry: Entry, destinationId: string, disposition: Disposition): void {
  const at = entry.recipients.findIndex((to) => to.destinationId === destinationId);
  if (at >= 0) entry.later[at] = disposition;
  else (entry.elsewhere ??= new Map()).set(destinationId, disposition);
}

function explanationOf(entry: Entry): Explanation {
  const { eventId, traceId, recipients, refusals, later, elsewhere, handedInPrivate = [] } = entry;
  const accepted = recipients.filter((to) => to.private).map((to) => to.destinationId);
  const inPrivate = [...new Set([...accepted, ...handedInPrivate])];
  return {
    eventId,
    ...(traceId !== undefined && { traceId }),
    ...(inPrivate.length > 0 && { private: inPrivate }),
    destinations: Object.fromEntries([
      ...refusals.map(({ destinationId, verdict }) => [destinationId, dispositionOf(verdict)] as const),
      ...recipients.map(({ destinationId }, at) => [destinationId, later[at] ?? waiting] as const),
      ...(elsewhere ?? []),
    ]),
  };
}

function dispositionOf(verdict: Verdict): Disposition {
  if (verdict.admitted) return waiting;
  return verdict.by === "sampling" ? { state: "sampled_out" } : { state: "filtered", by: verdict.by };
}
