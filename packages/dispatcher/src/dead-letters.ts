import type { RejectionCode, TraceEvent } from "@tracecast/core";
import { estimateBytes } from "./spool/event-size.ts";
import { HeldEvent } from "./spool/held-event.ts";

/** An event that a destination will not take, kept with the reason. */
export interface DeadLetter {
  readonly destinationId: string;
  readonly eventId: string;
  readonly code: RejectionCode;
  readonly reason: string;
  /** The start of the destination's answer, secrets masked. It may quote content. */
  readonly detail?: string;
  /** When it was given up, in epoch milliseconds. */
  readonly diedMs: number;
  /** The event as the destination was to see it; absent where making that view was what failed, or where it cannot be read back. */
  readonly event?: TraceEvent | undefined;
}

/** Where dead letters are kept: as safe as the spool they belong to. */
export interface DeadLetterStore {
  /** Keeps a letter; one of the same event and destination is replaced. Answers with the older ones that had to go to make room. */
  add(letter: DeadLetter): readonly DeadLetter[];
  /** Of one destination, oldest first. */
  list(destinationId: string): readonly DeadLetter[];
  /** Throws one away. Answers whether it was there. */
  remove(destinationId: string, eventId: string): boolean;
  /** Throws all letters of a destination away. Answers how many that were. */
  purge(destinationId: string): number;
}

/** How much is kept of each destination's dead letters. */
export interface DeadLetterLimits {
  /** @defaultValue 1,000 */
  readonly maxLetters?: number;
  /** By an estimate of their JSON. @defaultValue 16 MiB */
  readonly maxBytes?: number;
}

/** The newest dead letters, in memory. */
export class DeadLetters implements DeadLetterStore {
  readonly #maxLetters: number;
  readonly #maxBytes: number;
  readonly #piles = new Map<string, Pile>();

  constructor({ maxLetters = 1000, maxBytes = 16 * 1024 * 1024 }: DeadLetterLimits = {}) {
    this.#maxLetters = maxLetters;
    this.#maxBytes = maxBytes;
  }

  add(letter: DeadLetter): readonly DeadLetter[] {
    const { event, ...rest } = letter;
    return this.keep(event ? withPacked(rest, event) : rest, event ? estimateBytes(event) : 0);
  }

  /** As {@link add}, for a letter that takes this many bytes and brings its own way to its event. */
  keep(letter: DeadLetter, bytes: number): readonly DeadLetter[] {
    const pile = this.#piles.get(letter.destinationId) ?? new Pile();
    this.#piles.set(letter.destinationId, pile);
    pile.put(letter, bytes);
    const gone: DeadLetter[] = [];
    while (pile.size > 1 && (pile.size > this.#maxLetters || pile.bytes > this.#maxBytes))
      gone.push(...pile.takeOldest());
    return gone;
  }

  list(destinationId: string): readonly DeadLetter[] {
    return this.#piles.get(destinationId)?.letters() ?? [];
  }

  remove(destinationId: string, eventId: string): boolean {
    return this.#piles.get(destinationId)?.take(eventId) !== undefined;
  }

  purge(destinationId: string): number {
    const count = this.#piles.get(destinationId)?.size ?? 0;
    this.#piles.delete(destinationId);
    return count;
  }
}

function withPacked(letter: Omit<DeadLetter, "event">, event: TraceEvent): DeadLetter {
  const held = new HeldEvent(event);
  held.pack();
  return {
    ...letter,
    get event() {
      return held.event;
    },
  };
}

/** The letters of one destination, in the order they came. */
class Pile {
  readonly #letters = new Map<string, { readonly letter: DeadLetter; readonly bytes: number }>();
  bytes = 0;

  get size(): number {
    return this.#letters.size;
  }

  letters(): readonly DeadLetter[] {
    return [...this.#letters.values()].map(({ letter }) => letter);
  }

  put(letter: DeadLetter, bytes: number): void {
    this.take(letter.eventId);
    this.#letters.set(letter.eventId, { letter, bytes });
    this.bytes += bytes;
  }

  take(eventId: string): DeadLetter | undefined {
    const found = this.#letters.get(eventId);
    if (!found) return undefined;
    this.#letters.delete(eventId);
    this.bytes -= found.bytes;
    return found.letter;
  }

  takeOldest(): readonly DeadLetter[] {
    const [oldest] = this.#letters.keys();
    const letter = oldest === undefined ? undefined : this.take(oldest);
    return letter ? [letter] : [];
  }
}
