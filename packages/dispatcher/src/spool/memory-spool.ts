import type { TraceEvent } from "@tracecast/core";
import { estimateBytes } from "./event-size.ts";
import type { Backlog, Dropped, Recipient, Spool, SpooledEvent } from "./spool.ts";

/** Settings of the spool in memory. */
export interface MemorySpoolOptions {
  /** How many bytes of events may wait, as {@link estimateBytes} counts them. @defaultValue 256 MiB */
  readonly maxBytes?: number;
}

interface Entry {
  readonly event: TraceEvent;
  readonly acceptedMs: number;
  readonly bytes: number;
  /** The destinations that have not settled it, and whether they get the private view. */
  readonly waiting: Map<string, boolean>;
}

interface Lane {
  /** In the order of positions, for that is the order of insertion. */
  readonly entries: Map<number, Entry>;
  bytes: number;
}

/** A spool in memory: fast, bounded, and empty after a restart. */
export class MemorySpool implements Spool {
  readonly #maxBytes: number;
  readonly #entries = new Map<number, Entry>();
  readonly #lanes = new Map<string, Lane>();
  #bytes = 0;
  #lastPosition = 0;

  constructor(options: MemorySpoolOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
  }

  get lastPosition(): number {
    return this.#lastPosition;
  }

  append(event: TraceEvent, recipients: readonly Recipient[], nowMs: number): readonly Dropped[] {
    const waiting = new Map(recipients.map((recipient) => [recipient.destinationId, recipient.private]));
    const entry: Entry = { event, acceptedMs: nowMs, bytes: estimateBytes(event), waiting };
    const position = ++this.#lastPosition;
    this.#entries.set(position, entry);
    this.#bytes += entry.bytes;
    for (const id of waiting.keys()) {
      const lane = this.#lane(id);
      lane.entries.set(position, entry);
      lane.bytes += entry.bytes;
    }
    return this.#bytes > this.#maxBytes ? this.#makeRoom() : [];
  }

  read(destinationId: string, after: number, max: number): readonly SpooledEvent[] {
    const found: SpooledEvent[] = [];
    for (const [position, entry] of this.#lane(destinationId).entries) {
      if (position <= after) continue;
      const { event, acceptedMs, waiting } = entry;
      found.push({ position, event, acceptedMs, private: waiting.get(destinationId) === true });
      if (found.length >= max) break;
    }
    return found;
  }

  settle(destinationId: string, positions: readonly number[]): number {
    return positions.filter((position) => this.#remove(destinationId, position)).length;
  }

  backlog(destinationId: string): Backlog {
    const { entries, bytes } = this.#lane(destinationId);
    const [oldest] = entries;
    return {
      events: entries.size,
      bytes,
      ...(oldest && { oldestPosition: oldest[0], oldestMs: oldest[1].acceptedMs }),
    };
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#lanes.clear();
  }

  #lane(destinationId: string): Lane {
    let lane = this.#lanes.get(destinationId);
    if (!lane) this.#lanes.set(destinationId, (lane = { entries: new Map(), bytes: 0 }));
    return lane;
  }

  #remove(destinationId: string, position: number): boolean {
    const lane = this.#lane(destinationId);
    const entry = lane.entries.get(position);
    if (!entry) return false;
    lane.entries.delete(position);
    lane.bytes -= entry.bytes;
    entry.waiting.delete(destinationId);
    if (entry.waiting.size === 0) {
      this.#entries.delete(position);
      this.#bytes -= entry.bytes;
    }
    return true;
  }

  #makeRoom(): readonly Dropped[] {
    const counts = new Map<string, number>();
    for (const [position, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      for (const id of entry.waiting.keys()) {
        this.#remove(id, position);
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    return [...counts].map(([destinationId, events]) => ({
      destinationId,
      events,
      limit: "spool_bytes" as const,
    }));
  }
}
