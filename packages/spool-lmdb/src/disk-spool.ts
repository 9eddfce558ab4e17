import { setImmediate as nextTurn } from "node:timers/promises";
import { eventJson } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { estimateBytes, privateView, SpoolIndex, WaitingEvent } from "@tracecast/dispatcher";
import type {
  Backlog,
  DeadLetterStore,
  Dropped,
  Recipient,
  Spool,
  SpooledEvent,
  SpoolEntry,
} from "@tracecast/dispatcher";
import type { StoreKey, Write } from "./committer.ts";
import { Cursors } from "./cursors.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Group } from "./group-commit.ts";
import { LmdbDeadLetters } from "./lmdb-dead-letters.ts";
import type { RecordCodec } from "./record-codec.ts";
import { eventPlace, headOf, recipientsOf } from "./spool-record.ts";
import type { Store, StoreName } from "./store.ts";

/** What a {@link DiskSpool} works with. */
export interface DiskSpoolOptions {
  readonly store: Store;
  readonly codec: RecordCodec;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly retryMs: number;
  readonly onTrouble: (sentence: string) => void;
  /** Gives the folder back. */
  readonly release: () => void;
}

/** What may wait for the disk, in memory. */
const maxFreshBytes = 128 * 1024 * 1024;
/** What stays in memory although it is on disk: destinations in good health are about to take it. */
const maxTailBytes = 16 * 1024 * 1024;
const encodedAtOnce = 64;
// A single event is written at once; of many, those of this time share a commit.
const restMs = 100;

interface Entry extends SpoolEntry {
  /** While it is on its way to disk, and while it is among the newest. */
  event: TraceEvent | undefined;
  stage: "fresh" | "writing" | "stored";
}

/** A spool whose events stand in a store; in memory it keeps who waits for what, and the newest of them. */
export class DiskSpool implements Spool {
  readonly deadLetters: DeadLetterStore;
  readonly #letters: LmdbDeadLetters;
  readonly #options: DiskSpoolOptions;
  readonly #commits: GroupCommit;
  readonly #index = new SpoolIndex<Entry>((entry) => this.#gone(entry));
  readonly #cursors = new Cursors();
  #fresh: Entry[] = [];
  #freshBytes = 0;
  #tail: Entry[] = [];
  #tailBytes = 0;
  #writes: (Write & { readonly store: StoreName })[] = [];
  #lastPosition = 0;
  readonly #eventOf = (entry: Entry) => entry.event ?? this.#fetch(entry.position);

  constructor(options: DiskSpoolOptions) {
    const { store, codec, onTrouble, retryMs } = options;
    this.#options = options;
    this.#commits = new GroupCommit({ store, collect: () => this.#collect(), onTrouble, restMs, retryMs });
    this.#load();
    this.deadLetters = this.#letters = new LmdbDeadLetters({
      store,
      codec,
      write: (...writes) => this.#write(...writes),
      setAside: (...what) => this.#setAside(...what),
    });
  }

  get lastPosition(): number {
    return this.#lastPosition;
  }

  append(event: TraceEvent, recipients: readonly Recipient[], nowMs: number): readonly Dropped[] {
    const position = ++this.#lastPosition;
    const bytes = estimateBytes(event);
    const entry: Entry = { position, acceptedMs: nowMs, bytes, waiting: recipients, event, stage: "fresh" };
    this.#index.add(entry);
    this.#fresh.push(entry);
    this.#freshBytes += bytes;
    this.#commits.changed();
    return this.#makeRoom();
  }

  read(destinationId: string, after: number, max: number): readonly SpooledEvent[] {
    const found: SpooledEvent[] = [];
    for (const entry of this.#index.waiting(destinationId, after)) {
      if (found.length >= max) break;
      found.push(new WaitingEvent(entry, destinationId, this.#eventOf));
    }
    return found;
  }

  settle(destinationId: string, positions: readonly number[]): number {
    const settled = positions.filter((position) => this.#index.settle(destinationId, position));
    if (settled.length > 0) this.#moved(destinationId, settled);
    return settled.length;
  }

  backlog(destinationId: string): Backlog {
    return this.#index.backlog(destinationId);
  }

  count(destinationId: string, upTo: number): number {
    return this.#index.count(destinationId, upTo);
  }

  expire(nowMs: number): readonly Dropped[] {
    const old = ({ acceptedMs }: Entry) => nowMs - acceptedMs > this.#options.maxAgeMs;
    return this.#dropped(this.#index.dropWhile("spool_age", old));
  }

  forget(destinationId: string): number {
    const events = this.#index.forget(destinationId);
    this.#moved(destinationId, []);
    return events;
  }

  destinationIds(): readonly string[] {
    return this.#index.destinationIds();
  }

  stored(): Promise<void> {
    return this.#commits.stored();
  }

  async close(): Promise<void> {
    try {
      await this.#commits.close();
    } finally {
      await this.#options.store.close();
      this.#options.release();
    }
  }

  #makeRoom(): readonly Dropped[] {
    const dropped: Dropped[] = [];
    if (this.#index.bytes > this.#options.maxBytes)
      dropped.push(...this.#index.dropWhile("spool_bytes", () => this.#index.bytes > this.#options.maxBytes));
    if (this.#freshBytes > maxFreshBytes) {
      // Faster than the disk, or the disk is full: memory is the limit that is left.
      const limit = this.#commits.failing ? "spool_failed" : "spool_bytes";
      const tooMuch = () => this.#freshBytes > maxFreshBytes;
      dropped.push(...this.#index.dropWhile(limit, tooMuch, this.#fresh));
      this.#fresh = this.#fresh.filter(({ waiting }) => waiting.length > 0);
    }
    return this.#dropped(dropped);
  }

  #dropped(dropped: readonly Dropped[]): readonly Dropped[] {
    for (const { destinationId, positions } of dropped) this.#moved(destinationId, positions);
    return dropped;
  }

  #moved(destinationId: string, positions: readonly number[]): void {
    this.#cursors.settled(destinationId, positions);
    this.#commits.changed();
  }

  #write(...writes: readonly (Write & { readonly store: StoreName })[]): void {
    this.#writes.push(...writes);
    this.#commits.changed();
  }

  /** Nobody waits for it any more: its space is given back. */
  #gone(entry: Entry): void {
    if (entry.event && entry.stage === "stored") this.#tailBytes -= entry.bytes;
    if (entry.stage === "fresh") this.#freshBytes -= entry.bytes;
    else this.#writes.push({ store: "events", key: entry.position });
    entry.event = undefined;
  }

  /** Everything that has changed. Encodes a little in each turn of the event loop. */
  async #collect(): Promise<Group> {
    const entries = this.#fresh;
    this.#fresh = [];
    const letters = this.#letters.fresh();
    const records: (Write & { readonly store: StoreName })[] = [];
    for (const [index, entry] of entries.entries()) {
      if (index % encodedAtOnce === encodedAtOnce - 1) await nextTurn();
      // What was delivered in the meantime need not be written at all.
      if (!entry.event) continue;
      records.push({ store: "events", key: entry.position, record: this.#encode(entry, entry.event) });
      entry.stage = "writing";
      this.#freshBytes -= entry.bytes;
    }
    const later = this.#writes;
    this.#writes = [];
    const cursors = this.#cursors.take(
      (id) => (this.#index.backlog(id).oldestPosition ?? this.#lastPosition + 1) - 1,
      (position) => this.#index.has(position),
    );
    return {
      writes: [...records, ...cursors.writes, ...later],
      committed: () => {
        this.#letters.committed(letters);
        this.#keepTail(entries);
      },
      failed: () => {
        this.#cursors.untake(cursors.destinationIds);
        this.#writes = [...later, ...this.#writes];
        this.#takeBack(entries);
      },
    };
  }

  #encode({ position, acceptedMs, bytes, waiting }: Entry, event: TraceEvent): Buffer {
    // Content reaches the disk only while somebody waits who may have it.
    const kept = waiting.every((to) => to.private) ? privateView(event) : event;
    return this.#options.codec.encode(
      headOf({ acceptedMs, bytes, waiting }),
      eventJson(kept),
      eventPlace(position),
    );
  }

  #takeBack(entries: readonly Entry[]): void {
    const back = entries.filter(({ event }) => event !== undefined);
    for (const entry of back) {
      entry.stage = "fresh";
      this.#freshBytes += entry.bytes;
    }
    this.#fresh = [...back, ...this.#fresh];
  }

  #keepTail(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (!entry.event) continue;
      entry.stage = "stored";
      this.#tailBytes += entry.bytes;
      this.#tail.push(entry);
    }
    let excess = 0;
    while (this.#tailBytes > maxTailBytes || this.#tail[excess]?.event === undefined) {
      const oldest = this.#tail[excess];
      if (!oldest) break;
      if (oldest.event) this.#tailBytes -= oldest.bytes;
      oldest.event = undefined;
      excess += 1;
    }
    this.#tail.splice(0, excess);
  }

  /** @throws when the record is missing or cannot be read. */
  #fetch(position: number): TraceEvent {
    const record = this.#options.store.get("events", position);
    if (!record) throw new Error("The event is gone from the store.");
    try {
      return JSON.parse(this.#options.codec.body(record, eventPlace(position))) as TraceEvent;
    } catch (error) {
      this.#setAside("a waiting event", position, record);
      throw error;
    }
  }

  #setAside(what: string, key: StoreKey, record: Buffer): void {
    this.#write({ store: "aside", key, record: Buffer.from(record) });
    this.#options.onTrouble(
      `The spool cannot read ${what} (${JSON.stringify(key)}): its bytes are damaged. They are kept aside.`,
    );
  }

  /** Finds what an earlier run left. Heads only: the events stay on disk. */
  #load(): void {
    this.#cursors.load(this.#options.store);
    this.#lastPosition = this.#cursors.highest;
    const known = new Map<string, readonly Recipient[]>();
    let damaged = 0;
    for (const [key, record] of this.#options.store.records("events")) {
      const position = Number(key);
      this.#lastPosition = Math.max(this.#lastPosition, position);
      const found = recipientsOf(this.#options.codec.head(record));
      if (!found) {
        this.#write({ store: "aside", key: position, record: Buffer.from(record) });
        this.#write({ store: "events", key: position });
        damaged += 1;
        continue;
      }
      const left = found.to.filter(({ destinationId }) => !this.#cursors.isSettled(destinationId, position));
      // Most events wait for the same few: one list serves them all.
      const name = JSON.stringify(left);
      const waiting = known.get(name) ?? left;
      known.set(name, waiting);
      if (waiting.length === 0) this.#write({ store: "events", key: position });
      else this.#index.add({ ...found, position, waiting, event: undefined, stage: "stored" });
    }
    if (damaged > 0)
      this.#options.onTrouble(
        `${damaged} waiting events cannot be read from the spool: their bytes are damaged. They are kept aside.`,
      );
  }
}
