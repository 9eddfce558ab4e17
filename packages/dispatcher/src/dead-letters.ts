import type { RejectionCode, TraceEvent } from "@tracecast/core";

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
  /** The event as the destination was to see it; absent where making that view was what failed. */
  readonly event?: TraceEvent;
}

/** The newest dead letters, at most `max` of each destination. */
export class DeadLetters {
  readonly #max: number;
  readonly #letters = new Map<string, Map<string, DeadLetter>>();

  constructor(max = 1000) {
    this.#max = max;
  }

  add(letter: DeadLetter): void {
    const letters = this.#letters.get(letter.destinationId) ?? new Map<string, DeadLetter>();
    letters.set(letter.eventId, letter);
    const [oldest] = letters.keys();
    if (letters.size > this.#max && oldest !== undefined) letters.delete(oldest);
    this.#letters.set(letter.destinationId, letters);
  }

  /** Of one destination, oldest first. */
  list(destinationId: string): readonly DeadLetter[] {
    return [...(this.#letters.get(destinationId)?.values() ?? [])];
  }

  remove(destinationId: string, eventId: string): void {
    this.#letters.get(destinationId)?.delete(eventId);
  }

  /** Throws all letters of a destination away. Answers how many that were. */
  purge(destinationId: string): number {
    const count = this.#letters.get(destinationId)?.size ?? 0;
    this.#letters.delete(destinationId);
    return count;
  }
}
