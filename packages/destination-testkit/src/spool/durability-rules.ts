import assert from "node:assert/strict";
import { freshEvent } from "./fresh-event.ts";
import { plain, sampleLetter } from "./letter-rules.ts";
import { positionsOf, to } from "./spool-contract-options.ts";
import type { SpoolContractOptions, SpoolRules } from "./spool-contract-options.ts";

/** What is there again when a spool is opened a second time. */
export function durabilityRules(
  { open }: SpoolContractOptions,
  reopen: NonNullable<SpoolContractOptions["reopen"]>,
): SpoolRules {
  return {
    "what was not settled is there again: event, order, time and privacy": async () => {
      const first = await open({});
      const events = [freshEvent(), freshEvent(), freshEvent({ user: "é😀" })];
      for (const [index, event] of events.entries())
        first.append(
          event,
          [{ destinationId: "Production", private: index === 1 }, ...to("Staging")],
          10 + index,
        );
      const positions = positionsOf(first, "Production");
      first.settle("Production", [positions[0]!]);
      first.settle("Staging", [positions[2]!]);
      const before = ["Production", "Staging"].map((id) => first.backlog(id));
      await first.close();
      const second = await reopen(first, {});
      const found = second.read("Production", 0, 10).map((one) => ({ ...one, event: one.event }));
      assert.deepEqual(found, [
        { position: positions[1], event: events[1], acceptedMs: 11, private: true },
        { position: positions[2], event: events[2], acceptedMs: 12, private: false },
      ]);
      assert.deepEqual(positionsOf(second, "Staging"), [positions[0], positions[1]]);
      assert.deepEqual(
        ["Production", "Staging"].map((id) => second.backlog(id)),
        before,
      );
      await second.close();
    },
    "positions go on growing, also when nothing was left": async () => {
      const first = await open({});
      for (let n = 0; n < 3; n += 1) first.append(freshEvent(), to("Production"), 1);
      const last = first.lastPosition;
      first.settle("Production", positionsOf(first, "Production"));
      await first.close();
      const second = await reopen(first, {});
      assert.equal(second.backlog("Production").events, 0);
      second.append(freshEvent(), to("Production"), 1);
      assert.ok(second.lastPosition > last);
      assert.equal(second.backlog("Production").events, 1);
      await second.close();
    },
    "a forgotten destination finds nothing of before, but what comes after": async () => {
      const first = await open({});
      first.append(freshEvent(), to("Production", "Staging"), 1);
      first.forget("Production");
      await first.close();
      const second = await reopen(first, {});
      assert.equal(second.backlog("Production").events, 0);
      assert.equal(second.backlog("Staging").events, 1);
      second.append(freshEvent(), to("Production"), 1);
      assert.equal(second.backlog("Production").events, 1);
      await second.close();
    },
    "dead letters are there again, without those that were removed": async () => {
      const first = await open({});
      const letters = [
        sampleLetter("Production", 1),
        sampleLetter("Production", 2),
        sampleLetter("Production", 3),
        sampleLetter("Staging", 4),
      ];
      for (const letter of letters) first.deadLetters.add(letter);
      await first.stored();
      first.deadLetters.remove("Production", letters[1]!.eventId);
      first.deadLetters.purge("Staging");
      await first.close();
      const second = await reopen(first, {});
      assert.deepEqual(plain(second.deadLetters.list("Production")), [letters[0], letters[2]]);
      assert.deepEqual(second.deadLetters.list("Staging"), []);
      await second.close();
    },
  };
}
