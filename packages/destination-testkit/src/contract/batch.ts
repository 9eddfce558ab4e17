import assert from "node:assert/strict";
import type {
  Batch,
  Connection,
  EncodedEvent,
  Limits,
  Outcome,
  SendResult,
  TraceEvent,
} from "@tracecast/core";
import { sampleTraceEvent } from "../events/sample-event.ts";
import type { EventOverrides } from "../events/sample-event.ts";
import { settled } from "./host.ts";

/** The sample event with an id of its own and, in `user`, a text of its own. */
export function numberedEvent(number: number, overrides: EventOverrides = {}): TraceEvent {
  const id = `019b7c8e-5f6c-7a31-9d24-${number.toString(16).padStart(12, "0")}`;
  return sampleTraceEvent({ id, user: userOf(number), ...overrides });
}

/** The `user` of a {@link numberedEvent}: no one's is part of another's. */
export function userOf(number: number): string {
  return `contract-user-${number}-end`;
}

/** The users of numbered events that a text names, each as often as it does. */
export function usersIn(text: string): readonly string[] {
  return text.match(/contract-user-\d+-end/g) ?? [];
}

/** An event as the dispatcher hands it to `send`. */
export function encoded(connection: Connection, event: TraceEvent): EncodedEvent {
  const pieces = connection.encode(event);
  assert.notEqual(pieces.length, 0, "encode made no piece of an event");
  return { eventId: event.id, pieces };
}

/** Two events that share a trace. */
export function smallBatch(connection: Connection): Batch {
  return [encoded(connection, numberedEvent(1)), encoded(connection, numberedEvent(2))];
}

/** As many of the events that `eventOf` makes as one request may carry. */
export function fullBatch(
  connection: Connection,
  limits: Limits,
  eventOf: (number: number) => TraceEvent,
): Batch {
  const batch: EncodedEvent[] = [];
  let pieces = 0;
  let bytes = 0;
  for (let number = 1; ; number += 1) {
    const event = encoded(connection, eventOf(number));
    pieces += event.pieces.length;
    // One byte for what stands between two pieces.
    bytes += event.pieces.reduce((sum, piece) => sum + piece.bytes + 1, 0);
    if (batch.length > 0 && (pieces > limits.maxPieces || bytes > limits.maxBytes)) return batch;
    batch.push(event);
  }
}

/** Sends a batch and answers with the result; fails where `send` throws or never ends. */
export function send(
  connection: Connection,
  batch: Batch,
  signal: AbortSignal = new AbortController().signal,
): Promise<SendResult> {
  return settled("send", async () => connection.send(batch, signal));
}

/** Fails unless every event of the batch fared as `expected` says: `retry`, or a rejection by its code. */
export function assertOutcome(result: SendResult, batch: Batch, expected: string, when: string): void {
  for (const { eventId } of batch) {
    const outcome = result.exceptions?.get(eventId) ?? result.outcome;
    const found = outcome.status === "rejected" ? outcome.code : outcome.status;
    assert.equal(
      found,
      expected,
      `${when}: the outcome must be "${expected}", not ${describeOutcome(outcome)}`,
    );
  }
}

function describeOutcome(outcome: Outcome): string {
  if (outcome.status === "delivered") return '"delivered"';
  const code = outcome.status === "rejected" ? ` ${outcome.code}` : "";
  return `"${outcome.status}${code}" (${outcome.reason})`;
}
