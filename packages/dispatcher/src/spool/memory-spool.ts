import type { TraceEvent } from "@tracecast/core";
import { DeadLetters } from "../dead-letters.ts";
import { estimateBytes } from "./event-size.ts";
import { HeldEvent } from "./held-event.ts";
import { WaitingEvent } from "./waiting-event.ts";
import { SpoolIndex } from "./spool-index.ts";
import type { SpoolEntry } from "./spool-index.ts";
import type { Backlog, Dropped, Recipient, Spool, SpooledEvent } from "./spool.ts";

/** Settings of the spool in memory. */
export interface MemorySpoolOptions {
  /** How many bytes of events may wait, by an estimate of their JSON. @defaultValue 128 MiB */
  readonly maxBytes?: number;
  /** How long an event may wait, in milliseconds. @defaultValue 24 hours */
  readonly maxAgeMs?: number;
}

// More than healthy destinations leave waiting, little enough to be no burden.
const looseBytes = 32 * 1024 * 1024;
const packedAtOnce = 64;

interface Entry extends SpoolEntry {
  readonly held: HeldEvent;
}

const held = (entry: Entry): TraceEvent => entry.held.event;

/** A spool in memory: fast, bounded, and empty after a restart. */
export class MemorySpool implements Spool {
  readonly deadLetters = new DeadLetters();
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  readonly #index = new SpoolIndex<Entry>((entry) => this.#tightened(entry));
  /** The newest entries, still as objects: those that destinations in good health are about to take. */
  readonly #loose = new Set<Entry>();
  #looseBytes = 0;
  #packing = false;
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
    const bytes = estimateBytes(event);
    const entry = { position, held: new HeldEvent(event), acceptedMs: nowMs, bytes, waiting: recipients };
    this.#index.add(entry);
    this.#loose.add(entry);
    this.#looseBytes += bytes;
    this.#packSoon();
    if (this.#index.bytes <= this.#maxBytes) return [];
    return this.#index.dropWhile("spool_bytes", () => this.#index.bytes > this.#maxBytes);
  }

  read(destinationId: string, after: number, max: number): readonly SpooledEvent[] {
    const found: SpooledEvent[] = [];
    for (const entry of this.#index.waiting(destinationId, after)) {
      if (found.length >= max) break;
      found.push(new WaitingEvent(entry, destinationId, held));
    }
    return found;
  }

  settle(destinationId: string, positions: readonly number[]): number {
    return positions.filter((position) => this.#index.settle(destinationId, position)).length;
  }

  backlog(destinationId: string): Backlog {
    return this.#index.backlog(destinationId);
  }

  count(destinationId: string, upTo: number): number {
    return this.#index.count(destinationId, upTo);
  }

  expire(nowMs: number): readonly Dropped[] {
    return this.#index.dropWhile("spool_age", ({ acceptedMs }) => nowMs - acceptedMs > this.#maxAgeMs);
  }

  forget(destinationId: string): number {
    return this.#index.forget(destinationId);
  }

  destinationIds(): readonly string[] {
    return this.#index.destinationIds();
  }

  stored(): Promise<void> {
    return Promise.resolve();
  }

  async close(): Promise<void> {
    for (const destinationId of this.destinationIds()) this.forget(destinationId);
  }

  /**
   * Packs what has waited for long, a little in each turn of the event loop: behind a destination that is down events pile up, and as
   * objects they would take more than twice their size and keep the garbage collector busy.
   */
  #packSoon(): void {
    if (this.#packing || this.#looseBytes <= looseBytes) return;
    this.#packing = true;
    setImmediate(() => {
      this.#packing = false;
      let left = packedAtOnce;
      for (const entry of this.#loose) {
        if ((left -= 1) < 0) break;
        entry.held.pack();
        this.#tightened(entry);
      }
      this.#packSoon();
    });
  }

  #tightened(entry: Entry): void {
    if (this.#loose.delete(entry)) this.#looseBytes -= entry.bytes;
  }
}
