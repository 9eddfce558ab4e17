import type { TraceEvent } from "@tracecast/core";
import { estimateBytes } from "./event-size.ts";
import { HeldEvent } from "./held-event.ts";
import type { Backlog, Dropped, Recipient, Spool, SpooledEvent, SpoolLimit } from "./spool.ts";

/** Settings of the spool in memory. */
export interface MemorySpoolOptions {
  /** How many bytes of events may wait, by an estimate of their JSON. @defaultValue 128 MiB */
  readonly maxBytes?: number;
  /** How long an event may wait, in milliseconds. @defaultValue 24 hours */
  readonly maxAgeMs?: number;
}

// More than any destination takes in one batch, few enough to be no burden.
const looseEntries = 2000;
const packedAtOnce = 64;

interface Entry {
  readonly position: number;
  readonly held: HeldEvent;
  readonly acceptedMs: number;
  readonly bytes: number;
  /** Those it still waits for. */
  waiting: readonly Recipient[];
}

/** What waits for one destination. */
class Lane {
  /** In order; what is settled stays until everything before it is settled too. */
  #entries: Entry[] = [];
  #head = 0;
  events = 0;
  bytes = 0;
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.events += 1;
    this.bytes += entry.bytes;
  }

  settled(entry: Entry): void {
    this.events -= 1;
    this.bytes -= entry.bytes;
  }

  oldest(): Entry | undefined {
    let oldest = this.#entries[this.#head];
    while (oldest && !this.#waits(oldest)) oldest = this.#entries[(this.#head += 1)];
    // Settled entries are let go in one stroke, once they are the larger part.
    if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return oldest;
  }

  *waiting(after: number): Generator<Entry> {
    this.oldest();
    for (let at = this.#firstAfter(after); at < this.#entries.length; at += 1) {
      const entry = this.#entries[at];
      if (entry && this.#waits(entry)) yield entry;
    }
  }

  /** Where the first entry behind a position stands; by bisection, for what is in flight may be long. */
  #firstAfter(position: number): number {
    let low = this.#head;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.position ?? Infinity) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #waits({ waiting }: Entry): boolean {
    return waiting.some(({ destinationId }) => destinationId === this.id);
  }
}

/** A spool in memory: fast, bounded, and empty after a restart. */
export class MemorySpool implements Spool {
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  readonly #entries = new Map<number, Entry>();
  readonly #lanes = new Map<string, Lane>();
  /** The newest entries, still as objects: those that destinations in good health are about to take. */
  #loose: Entry[] = [];
  #packing = false;
  #bytes = 0;
  #lastPosition = 0;

  constructor(options: MemorySpoolOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 128 * 1024 * 1024;
    this.#maxAgeMs = options.maxAgeMs ?? 24 * 60 * 60 * 1000;
  }

  get lastPosition(): number {
    return this.#lastPosition;
  }

  append(event: TraceEvent, recipients: readonly Recipient[], nowMs: number): readonly Dropped[] {
    const position = ++this.#lastPosition;
    const entry: Entry = {
      position,
      held: new HeldEvent(event),
      acceptedMs: nowMs,
      bytes: estimateBytes(event),
      waiting: recipients,
    };
    this.#entries.set(position, entry);
    this.#bytes += entry.bytes;
    for (const { destinationId } of recipients) this.#lane(destinationId).push(entry);
    this.#loose.push(entry);
    this.#packSoon();
    if (this.#bytes <= this.#maxBytes) return [];
    return this.#dropWhile("spool_bytes", () => this.#bytes > this.#maxBytes);
  }

  read(destinationId: string, after: number, max: number): readonly SpooledEvent[] {
    const found: SpooledEvent[] = [];
    for (const { position, held, acceptedMs, waiting } of this.#lane(destinationId).waiting(after)) {
      if (found.length >= max) break;
      const isPrivate = waiting.some((to) => to.private && to.destinationId === destinationId);
      found.push({
        position,
        acceptedMs,
        private: isPrivate,
        get event() {
          return held.event;
        },
      });
    }
    return found;
  }

  settle(destinationId: string, positions: readonly number[]): number {
    return positions.filter((position) => this.#settleOne(destinationId, this.#entries.get(position))).length;
  }

  backlog(destinationId: string): Backlog {
    const lane = this.#lane(destinationId);
    const oldest = lane.oldest();
    return {
      events: lane.events,
      bytes: lane.bytes,
      ...(oldest && { oldestPosition: oldest.position, oldestMs: oldest.acceptedMs }),
    };
  }

  count(destinationId: string, upTo: number): number {
    let events = 0;
    for (const { position } of this.#lane(destinationId).waiting(0)) {
      if (position > upTo) break;
      events += 1;
    }
    return events;
  }

  expire(nowMs: number): readonly Dropped[] {
    return this.#dropWhile("spool_age", ({ acceptedMs }) => nowMs - acceptedMs > this.#maxAgeMs);
  }

  forget(destinationId: string): number {
    const entries = [...this.#lane(destinationId).waiting(0)];
    for (const entry of entries) this.#settleOne(destinationId, entry);
    this.#lanes.delete(destinationId);
    return entries.length;
  }

  destinationIds(): readonly string[] {
    return [...this.#lanes.values()].flatMap(({ id, events }) => (events > 0 ? [id] : []));
  }

  stored(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#lanes.clear();
  }

  /**
   * Packs what has waited for long, a little in each turn of the event loop: behind a destination that is down events pile up, and as
   * objects they would take more than twice their size and keep the garbage collector busy.
   */
  #packSoon(): void {
    if (this.#packing || this.#loose.length <= looseEntries) return;
    this.#packing = true;
    setImmediate(() => {
      this.#packing = false;
      for (const { held, waiting } of this.#loose.splice(0, packedAtOnce))
        if (waiting.length > 0) held.pack();
      this.#packSoon();
    });
  }

  #lane(destinationId: string): Lane {
    let lane = this.#lanes.get(destinationId);
    if (!lane) this.#lanes.set(destinationId, (lane = new Lane(destinationId)));
    return lane;
  }

  #settleOne(destinationId: string, entry: Entry | undefined): boolean {
    const waiting = entry?.waiting.filter((to) => to.destinationId !== destinationId);
    if (!entry || !waiting || waiting.length === entry.waiting.length) return false;
    entry.waiting = waiting;
    this.#lane(destinationId).settled(entry);
    if (waiting.length === 0) {
      this.#entries.delete(entry.position);
      this.#bytes -= entry.bytes;
    }
    return true;
  }

  /** Drops from the oldest on, as long as the condition holds of it. */
  #dropWhile(limit: SpoolLimit, condition: (oldest: Entry) => boolean): readonly Dropped[] {
    const dropped = new Map<string, number[]>();
    for (const entry of this.#entries.values()) {
      if (!condition(entry)) break;
      for (const { destinationId } of entry.waiting) {
        this.#settleOne(destinationId, entry);
        const positions = dropped.get(destinationId);
        if (positions) positions.push(entry.position);
        else dropped.set(destinationId, [entry.position]);
      }
    }
    return [...dropped].map(([destinationId, positions]) => ({ destinationId, positions, limit }));
  }
}
