import assert from "node:assert/strict";
import { freshEvent } from "./fresh-event.ts";
import { droppedBy, positionsOf, to, withSpool } from "./spool-contract-options.ts";
import type { SpoolContractOptions, SpoolRules } from "./spool-contract-options.ts";

/** Who waits for what. */
export function waitingRules(options: SpoolContractOptions): SpoolRules {
  const rule = (limits: Parameters<typeof withSpool>[1], use: Parameters<typeof withSpool>[2]) => () =>
    withSpool(options, limits, use);
  return {
    "an event waits for each of its recipients, in order, and comes out as it went in": rule({}, (spool) => {
      const events = [freshEvent(), freshEvent({ user: "é😀\u2028" }), freshEvent()];
      spool.append(events[0]!, to("a", "b"), 5);
      spool.append(events[1]!, to("b"), 6);
      spool.append(events[2]!, to("a"), 7);
      assert.deepEqual(
        spool.read("b", 0, 10).map(({ event, acceptedMs }) => ({ event, acceptedMs })),
        [
          { event: events[0], acceptedMs: 5 },
          { event: events[1], acceptedMs: 6 },
        ],
      );
      const [first, last] = positionsOf(spool, "a");
      assert.ok(first! > 0 && last! > first!);
      assert.deepEqual(positionsOf(spool, "a", first), [last]);
      assert.equal(spool.read("a", 0, 1).length, 1);
      assert.equal(spool.lastPosition, last);
      assert.deepEqual(positionsOf(spool, "nobody"), []);
    }),
    "a backlog is counted, with its age": rule({}, (spool) => {
      spool.append(freshEvent(), to("a", "b"), 5);
      spool.append(freshEvent(), to("a"), 6);
      const [first, second] = positionsOf(spool, "a");
      assert.deepEqual(
        { ...spool.backlog("a"), bytes: spool.backlog("a").bytes > 1 },
        { events: 2, bytes: true, oldestMs: 5, oldestPosition: first },
      );
      assert.deepEqual(spool.backlog("nobody"), { events: 0, bytes: 0 });
      assert.equal(spool.count("a", first!), 1);
      assert.equal(spool.count("a", second!), 2);
      assert.deepEqual([...spool.destinationIds()].toSorted(), ["a", "b"]);
    }),
    "an event settles once for each destination": rule({}, (spool) => {
      spool.append(freshEvent(), to("a", "b"), 5);
      const positions = positionsOf(spool, "a");
      assert.equal(spool.settle("a", [...positions, 99]), 1);
      assert.equal(spool.settle("a", positions), 0);
      assert.equal(spool.settle("nobody", positions), 0);
      assert.deepEqual(positionsOf(spool, "b"), positions);
      assert.equal(spool.settle("b", positions), 1);
      assert.deepEqual(spool.destinationIds(), []);
    }),
    "whether a recipient was private stays with the event": rule({}, (spool) => {
      spool.append(freshEvent(), [{ destinationId: "a", private: true }, ...to("b")], 5);
      assert.equal(spool.read("a", 0, 1)[0]?.private, true);
      assert.equal(spool.read("b", 0, 1)[0]?.private, false);
    }),
    "what a forgotten destination waited for is gone, for it alone": rule({}, (spool) => {
      spool.append(freshEvent(), to("a", "b"), 5);
      spool.append(freshEvent(), to("a"), 5);
      assert.equal(spool.forget("a"), 2);
      assert.equal(spool.forget("a"), 0);
      assert.equal(spool.backlog("a").events, 0);
      assert.equal(spool.backlog("b").events, 1);
      spool.append(freshEvent(), to("a"), 5);
      assert.equal(spool.backlog("a").events, 1);
    }),
    "over its bytes the oldest goes, for everyone who had not had it, and is named": async () => {
      const bytes = await bytesOfOne(options);
      await withSpool(options, { maxBytes: bytes * 2.5 }, (spool) => {
        for (const nowMs of [1, 2]) assert.deepEqual(spool.append(freshEvent(), to("a", "b"), nowMs), []);
        const [first, second] = positionsOf(spool, "b");
        spool.settle("a", [first!]);
        const dropped = spool.append(freshEvent(), to("a", "b"), 3);
        assert.deepEqual(droppedBy(dropped), { b: [first] });
        assert.deepEqual(new Set(dropped.map(({ limit }) => limit)), new Set(["spool_bytes"]));
        assert.deepEqual(positionsOf(spool, "b"), [second, spool.lastPosition]);
      });
    },
    "what has waited too long goes, and is named": rule({ maxAgeMs: 100 }, (spool) => {
      spool.append(freshEvent(), to("a", "b"), 1000);
      spool.append(freshEvent(), to("a"), 1050);
      const [first, second] = positionsOf(spool, "a");
      assert.deepEqual(spool.expire(1100), []);
      const dropped = spool.expire(1101);
      assert.deepEqual(droppedBy(dropped), { a: [first], b: [first] });
      assert.deepEqual(new Set(dropped.map(({ limit }) => limit)), new Set(["spool_age"]));
      assert.deepEqual(positionsOf(spool, "a"), [second]);
    }),
    "an event larger than everything allowed goes at once, and is named": rule({ maxBytes: 10 }, (spool) => {
      assert.deepEqual(droppedBy(spool.append(freshEvent(), to("a"), 1)), { a: [spool.lastPosition] });
      assert.equal(spool.backlog("a").events, 0);
    }),
    "everything can be made safe, also twice and with nothing to do": rule({}, async (spool) => {
      await spool.stored();
      spool.append(freshEvent(), to("a"), 1);
      await Promise.all([spool.stored(), spool.stored()]);
      assert.equal(spool.backlog("a").events, 1);
    }),
  };
}

async function bytesOfOne(options: SpoolContractOptions): Promise<number> {
  let bytes = 0;
  await withSpool(options, {}, (spool) => {
    spool.append(freshEvent(), to("a"), 1);
    ({ bytes } = spool.backlog("a"));
  });
  return bytes;
}
