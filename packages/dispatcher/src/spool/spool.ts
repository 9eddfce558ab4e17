import type { TraceEvent } from "@tracecast/core";
import type { DeadLetterStore } from "../dead-letters.ts";

/** Who is to get an event. */
export interface Recipient {
  readonly destinationId: string;
  /** The destination was in privacy mode when the event was accepted; a setting loosened later does not undo that. */
  readonly private: boolean;
}

/** An event as it waits for one destination. */
export interface SpooledEvent {
  /** Its place in the order of acceptance; grows, never repeats. */
  readonly position: number;
  /** Fetched when it is asked for. Throws where the spool cannot give it back: its bytes are broken. */
  readonly event: TraceEvent;
  /** When it was accepted, in epoch milliseconds. */
  readonly acceptedMs: number;
  /** See {@link Recipient}. */
  readonly private: boolean;
}

/** What waits for one destination. */
export interface Backlog {
  readonly events: number;
  /** About how many bytes of JSON. */
  readonly bytes: number;
  /** When the oldest of it was accepted, in epoch milliseconds. */
  readonly oldestMs?: number;
  /** The position of the oldest. */
  readonly oldestPosition?: number;
}

/** What made the spool lose an event: too many bytes, too long a wait, or that it could not be written at all. */
export type SpoolLimit = "spool_bytes" | "spool_age" | "spool_failed";

/** Events that were dropped, oldest first, because a limit was reached. */
export interface Dropped {
  readonly destinationId: string;
  readonly positions: readonly number[];
  readonly limit: SpoolLimit;
}

/**
 * Where events wait. An event is written once, whatever the number of its recipients, and its space is given back when the
 * last of them has settled it.
 */
export interface Spool {
  /** Where what a destination refused is kept. */
  readonly deadLetters: DeadLetterStore;
  /** Stores an event. Answers with what had to go to make room for it. */
  append(event: TraceEvent, recipients: readonly Recipient[], nowMs: number): readonly Dropped[];
  /** The events that wait for a destination behind position `after`, oldest first, at most `max`. */
  read(destinationId: string, after: number, max: number): readonly SpooledEvent[];
  /** Ends the wait of these events for a destination. Answers how many of them were still waiting. */
  settle(destinationId: string, positions: readonly number[]): number;
  /** What waits for a destination. */
  backlog(destinationId: string): Backlog;
  /** How many events up to and including a position wait for a destination. */
  count(destinationId: string, upTo: number): number;
  /** Drops what has waited longer than the spool keeps anything. */
  expire(nowMs: number): readonly Dropped[];
  /** Ends the wait of everything for a destination that is gone. Answers how many events that were. */
  forget(destinationId: string): number;
  /** The destinations that something waits for, also those that nobody has set up in this run. */
  destinationIds(): readonly string[];
  /**
   * Resolves when everything appended and settled so far is as safe as this spool makes it: at once in memory, when it has been
   * synced to disk in a durable one. Rejects when it could not be made safe.
   */
  stored(): Promise<void>;
  /** The position of the newest event; 0 before the first. */
  readonly lastPosition: number;
  /** Ends its use. What a durable spool holds is there again when it is opened. */
  close(): Promise<void>;
}
