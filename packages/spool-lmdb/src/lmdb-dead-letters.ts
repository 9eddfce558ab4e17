import { DeadLetters, estimateBytes } from "@tracecast/dispatcher";
import type { DeadLetter, DeadLetterStore } from "@tracecast/dispatcher";
import { eventJson } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import type { StoreKey, Write } from "./committer.ts";
import type { RecordCodec } from "./record-codec.ts";
import type { Store, StoreName } from "./store.ts";

/** What dead letters on disk need. */
export interface LmdbDeadLettersOptions {
  readonly store: Store;
  readonly codec: RecordCodec;
  /** Takes what is to be written. */
  readonly write: (...writes: readonly (Write & { readonly store: StoreName })[]) => void;
  /** Takes a record that cannot be read. */
  readonly setAside: (what: string, key: StoreKey, record: Buffer) => void;
}

// On disk there is room; the events themselves are not kept in memory.
const maxBytes = 256 * 1024 * 1024;

/** What the records of a letter are sealed for. */
export const letterPlace = ([destinationId, eventId]: readonly (string | undefined)[]): string =>
  JSON.stringify(["letter", destinationId, eventId]);

const placeOf = (letter: Pick<DeadLetter, "destinationId" | "eventId">): string => letterPlace(keyOf(letter));

/** Dead letters on disk, the newest 1,000 of each destination. In memory stay their reasons; the events are fetched when asked for. */
export class LmdbDeadLetters implements DeadLetterStore {
  readonly #options: LmdbDeadLettersOptions;
  readonly #letters = new DeadLetters({ maxBytes });
  /** Events that may not be on disk yet. */
  readonly #fresh = new Map<string, TraceEvent>();

  /** Reads the letters of earlier runs. */
  constructor(options: LmdbDeadLettersOptions) {
    this.#options = options;
    const found: { readonly letter: DeadLetter; readonly bytes: number }[] = [];
    for (const [key, record] of options.store.records("letters")) {
      try {
        found.push(this.#read(key, record));
      } catch {
        options.setAside("a dead letter", key, record);
      }
    }
    found.sort((a, b) => a.letter.diedMs - b.letter.diedMs);
    for (const { letter, bytes } of found) this.#letters.keep(this.#withEvent(letter, bytes > 0), bytes);
  }

  add(letter: DeadLetter): readonly DeadLetter[] {
    const { event, ...rest } = letter;
    const { codec, write } = this.#options;
    const place = placeOf(letter);
    const bytes = event ? estimateBytes(event) : 0;
    const key = keyOf(letter);
    write({ store: "letters", key, record: codec.encode({ bytes }, JSON.stringify(rest), place) });
    if (event) {
      this.#fresh.set(place, event);
      write({ store: "letterEvents", key, record: codec.encode({}, eventJson(event), place) });
    }
    const gone = this.#letters.keep(this.#withEvent(rest, event !== undefined), bytes);
    for (const old of gone) this.#erase(old);
    return gone;
  }

  list(destinationId: string): readonly DeadLetter[] {
    return this.#letters.list(destinationId);
  }

  remove(destinationId: string, eventId: string): boolean {
    if (!this.#letters.remove(destinationId, eventId)) return false;
    this.#erase({ destinationId, eventId });
    return true;
  }

  purge(destinationId: string): number {
    for (const letter of this.list(destinationId)) this.#erase(letter);
    return this.#letters.purge(destinationId);
  }

  /** The events of letters that are not on disk yet. */
  fresh(): readonly (readonly [string, TraceEvent])[] {
    return [...this.#fresh];
  }

  /** Says that what was {@link fresh} is on disk now. */
  committed(stored: readonly (readonly [string, TraceEvent])[]): void {
    for (const [place, event] of stored) if (this.#fresh.get(place) === event) this.#fresh.delete(place);
  }

  #read(key: StoreKey, record: Buffer): { readonly letter: DeadLetter; readonly bytes: number } {
    const { codec } = this.#options;
    const [destinationId, eventId] = key as readonly [string, string];
    const letter = JSON.parse(codec.body(record, placeOf({ destinationId, eventId }))) as DeadLetter;
    return { letter, bytes: Number(codec.head(record)?.["bytes"] ?? 0) };
  }

  #erase(letter: Pick<DeadLetter, "destinationId" | "eventId">): void {
    this.#fresh.delete(placeOf(letter));
    const key = keyOf(letter);
    this.#options.write({ store: "letters", key }, { store: "letterEvents", key });
  }

  #withEvent(letter: DeadLetter, hasEvent: boolean): DeadLetter {
    if (!hasEvent) return letter;
    const eventOf = () => this.#eventOf(letter);
    return {
      ...letter,
      get event() {
        return eventOf();
      },
    };
  }

  #eventOf(letter: DeadLetter): TraceEvent | undefined {
    const { store, codec, setAside } = this.#options;
    const place = placeOf(letter);
    const fresh = this.#fresh.get(place);
    if (fresh) return fresh;
    const record = store.get("letterEvents", keyOf(letter));
    if (!record) return undefined;
    try {
      return JSON.parse(codec.body(record, place)) as TraceEvent;
    } catch {
      setAside("the event of a dead letter", keyOf(letter), record);
      return undefined;
    }
  }
}

const keyOf = ({ destinationId, eventId }: Pick<DeadLetter, "destinationId" | "eventId">) => [
  destinationId,
  eventId,
];
