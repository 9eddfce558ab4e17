import assert from "node:assert/strict";
import type { DeadLetter } from "@tracecast/dispatcher";
import { freshEvent } from "./fresh-event.ts";
import { withSpool } from "./spool-contract-options.ts";
import type { SpoolContractOptions, SpoolRules } from "./spool-contract-options.ts";

/** A letter of a fresh event. */
export function sampleLetter(destinationId: string, diedMs = 1): DeadLetter {
  const event = freshEvent();
  return { destinationId, eventId: event.id, code: "invalid", reason: "400", detail: "bad", diedMs, event };
}

/** What is kept of events that a destination refused. */
export function letterRules(options: SpoolContractOptions): SpoolRules {
  return {
    "letters come out as they went in, oldest first": () =>
      withSpool(options, {}, ({ deadLetters }) => {
        const letters = [sampleLetter("a", 1), sampleLetter("a", 2)];
        const { event: _, ...withoutEvent } = sampleLetter("a", 3);
        for (const letter of [...letters, withoutEvent]) assert.deepEqual(deadLetters.add(letter), []);
        assert.deepEqual(plain(deadLetters.list("a")), [...letters, withoutEvent]);
        assert.deepEqual(deadLetters.list("b"), []);
      }),
    "a later letter of the same event takes the place of the earlier": () =>
      withSpool(options, {}, ({ deadLetters }) => {
        const letter = sampleLetter("a");
        deadLetters.add(letter);
        deadLetters.add({ ...letter, reason: "again" });
        assert.deepEqual(plain(deadLetters.list("a")), [{ ...letter, reason: "again" }]);
      }),
    "only so many are kept; the oldest that had to go are named": () =>
      withSpool(options, {}, ({ deadLetters }) => {
        const letters = Array.from({ length: 1002 }, (_, nowMs) => sampleLetter("a", nowMs));
        const gone = letters.flatMap((letter) => deadLetters.add(letter));
        assert.ok(gone.length >= 2);
        assert.deepEqual(
          gone.map(({ eventId }) => eventId),
          letters.slice(0, gone.length).map(({ eventId }) => eventId),
        );
        assert.equal(deadLetters.list("a").length, 1002 - gone.length);
      }),
    "letters are removed one by one and purged together, of their destination only": () =>
      withSpool(options, {}, ({ deadLetters }) => {
        const letters = [sampleLetter("a"), sampleLetter("a"), sampleLetter("a"), sampleLetter("b")];
        for (const letter of letters) deadLetters.add(letter);
        assert.equal(deadLetters.remove("a", letters[1]!.eventId), true);
        assert.equal(deadLetters.remove("a", letters[1]!.eventId), false);
        assert.equal(deadLetters.purge("a"), 2);
        assert.equal(deadLetters.purge("a"), 0);
        assert.equal(deadLetters.list("b").length, 1);
      }),
  };
}

/** Letters with their events fetched. */
export const plain = (letters: readonly DeadLetter[]): readonly DeadLetter[] =>
  letters.map((letter) => JSON.parse(JSON.stringify(letter)) as DeadLetter);
