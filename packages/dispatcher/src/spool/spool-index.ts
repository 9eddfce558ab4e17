import type { Backlog, Dropped, Recipient, SpoolLimit } from "./spool.ts";

/** What a spool keeps in memory of an event that waits, wherever the event itself is. */
export interface SpoolEntry {
  readonly position: number;
  /** When it was accepted, in epoch milliseconds. */
  readonly acceptedMs: number;
  /** About how many bytes of JSON. */
  readonly bytes: number;
  /** Those it still waits for. The index takes them off as they settle. */
  waiting: readonly Recipient[];
}

/**
 * Who waits for what, in order: the part that all spools share. A driver adds what it stores, and hears of an entry that nobody waits
 * for any more, so that it gives its space back.
 */
export class SpoolIndex<Entry extends SpoolEntry> {
  readonly #entries = new Map<number, Entry>();
  readonly #lines = new Map<string, Line<Entry>>();
  readonly #onGone: (entry: Entry) => void;
  #bytes = 0;

  constructor(onGone: (entry: Entry) => void = () => undefined) {
    this.#onGone = onGone;
  }

  /** The bytes of all entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an entry. Its position must be above those of all before it. */
  add(entry: Entry): void {
    this.#entries.set(entry.position, entry);
    this.#bytes += entry.bytes;
    for (const { destinationId } of entry.waiting) this.#line(destinationId).push(entry);
  }

  /** Whether somebody still waits for what stands at a position. */
  has(position: number): boolean {
    return this.#entries.has(position);
  }

  /** The entries that wait for a destination behind a position, oldest first. */
  waiting(destinationId: string, after: number): Iterable<Entry> {
    return this.#line(destinationId).waiting(after);
  }

  /** Ends the wait of an entry for a destination. Answers whether it was waiting. */
  settle(destinationId: string, position: number): boolean {
    const entry = this.#entries.get(position);
    const waiting = entry?.waiting.filter((to) => to.destinationId !== destinationId);
    if (!entry || !waiting || waiting.length === entry.waiting.length) return false;
    entry.waiting = waiting;
    this.#line(destinationId).settled(entry);
    if (waiting.length === 0) {
      this.#entries.delete(position);
      this.#bytes -= entry.bytes;
      this.#onGone(entry);
    }
    return true;
  }

  /** What waits for a destination. */
  backlog(destinationId: string): Backlog {
    const line = this.#line(destinationId);
    const oldest = line.oldest();
    return {
      events: line.events,
      bytes: line.bytes,
      ...(oldest && { oldestPosition: oldest.position, oldestMs: oldest.acceptedMs }),
    };
  }

  /** How many entries up to and including a position wait for a destination. */
  count(destinationId: string, upTo: number): number {
    let events = 0;
    for (const { position } of this.waiting(destinationId, 0)) {
      if (position > upTo) break;
      events += 1;
    }
    return events;
  }

  /** Ends the wait of everything for a destination. Answers how many entries that were. */
  forget(destinationId: string): number {
    const entries = [...this.waiting(destinationId, 0)];
    for (const { position } of entries) this.settle(destinationId, position);
    this.#lines.delete(destinationId);
    return entries.length;
  }

  /** The destinations that something waits for. */
  destinationIds(): readonly string[] {
    return [...this.#lines.values()].flatMap(({ id, events }) => (events > 0 ? [id] : []));
  }

  /** Drops entries from the oldest on, as long as the condition holds of them; of all entries, or of some in their order. */
  dropWhile(
    limit: SpoolLimit,
    condition: (oldest: Entry) => boolean,
    entries: Iterable<Entry> = this.#entries.values(),
  ): readonly Dropped[] {
    const dropped = new Map<string, number[]>();
    for (const entry of entries) {
      if (!condition(entry)) break;
      for (const { destinationId } of entry.waiting) {
        this.settle(destinationId, entry.position);
        const positions = dropped.get(destinationId);
        if (positions) positions.push(entry.position);
        else dropped.set(destinationId, [entry.position]);
      }
    }
    return [...dropped].map(([destinationId, positions]) => ({ destinationId, positions, limit }));
  }

  #line(destinationId: string): Line<Entry> {
    let line = this.#lines.get(destinationId);
    if (!line) this.#lines.set(destinationId, (line = new Line(destinationId)));
    return line;
  }
}

/** What waits for one destination. */
class Line<Entry extends SpoolEntry> {
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
