import fc from "fast-check";
import { expect, test } from "vitest";
import { event } from "../../test/event.ts";
import { turns } from "../../test/manual-clock.ts";
import { estimateBytes } from "./event-size.ts";
import { MemorySpool } from "./memory-spool.ts";

const to = (...ids: string[]) => ids.map((destinationId) => ({ destinationId, private: false }));

test("an event waits for each of its recipients and for nobody else", () => {
  const spool = new MemorySpool();
  spool.append(event(), to("a", "b"), 5);
  spool.append(event(), to("b"), 6);
  expect(spool.read("a", 0, 10).map(({ position }) => position)).toEqual([1]);
  expect(spool.read("b", 0, 10).map(({ position }) => position)).toEqual([1, 2]);
  expect(spool.read("b", 1, 10).map(({ position }) => position)).toEqual([2]);
  expect(spool.read("b", 0, 1)).toHaveLength(1);
  expect(spool.backlog("b")).toMatchObject({ events: 2, oldestMs: 5, oldestPosition: 1 });
  expect(spool.backlog("c")).toEqual({ events: 0, bytes: 0 });
});

test("an event settles once", () => {
  const spool = new MemorySpool();
  spool.append(event(), to("a", "b"), 5);
  expect(spool.settle("a", [1, 2])).toBe(1);
  expect(spool.settle("a", [1])).toBe(0);
  expect(spool.backlog("b").events).toBe(1);
});

test("whether a recipient was private is kept with the event", () => {
  const spool = new MemorySpool();
  spool.append(event(), [{ destinationId: "a", private: true }, ...to("b")], 5);
  expect(spool.read("a", 0, 1)[0]?.private).toBe(true);
  expect(spool.read("b", 0, 1)[0]?.private).toBe(false);
});

test("over its limit the oldest goes, for everyone who had not had it, and is counted", () => {
  const bytes = estimateBytes(event());
  const spool = new MemorySpool({ maxBytes: bytes * 2.5 });
  spool.append(event(), to("a", "b"), 1);
  spool.append(event(), to("a", "b"), 2);
  spool.settle("a", [1]);
  expect(spool.append(event(), to("a", "b"), 3)).toEqual([
    { destinationId: "b", positions: [1], limit: "spool_bytes" },
  ]);
  expect(spool.read("b", 0, 10).map(({ position }) => position)).toEqual([2, 3]);
});

test("for any traffic: appended = settled + dropped + waiting, and the limit holds", () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant("append" as const),
      ids: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
    }),
    fc.record({ kind: fc.constant("settle" as const), id: fc.constantFrom("a", "b", "c"), count: fc.nat(4) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (steps, capacity) => {
      const bytes = estimateBytes(event());
      const spool = new MemorySpool({ maxBytes: bytes * capacity });
      const counts = new Map(["a", "b", "c"].map((id) => [id, { appended: 0, settled: 0, dropped: 0 }]));
      for (const step of steps) {
        if (step.kind === "append") {
          for (const id of step.ids) counts.get(id)!.appended += 1;
          for (const { destinationId, positions } of spool.append(event(), to(...step.ids), 1))
            counts.get(destinationId)!.dropped += positions.length;
        } else {
          const positions = spool.read(step.id, 0, step.count).map(({ position }) => position);
          counts.get(step.id)!.settled += spool.settle(step.id, positions);
        }
        for (const [id, { appended, settled, dropped }] of counts) {
          const backlog = spool.backlog(id);
          expect(appended).toBe(settled + dropped + backlog.events);
          expect(backlog.bytes).toBeLessThanOrEqual(bytes * capacity);
          expect(backlog.bytes).toBe(backlog.events * bytes);
        }
      }
    }),
  );
});

test("the estimate is near the truth for text", () => {
  const value = event({ input: [{ role: "user", content: "x".repeat(5000) }] });
  const truth = JSON.stringify(value).length;
  expect(Math.abs(estimateBytes(value) - truth)).toBeLessThan(truth * 0.1);
});

test("what has waited for long is kept as bytes, and comes out as it went in", async () => {
  const spool = new MemorySpool();
  const input = [{ role: "user", content: "é😀".repeat(10_000) }];
  const events = Array.from({ length: 1200 }, (_, n) => event({ user: `u${n}`, input }));
  for (const one of events) spool.append(one, to("a"), 1);
  await turns(20);
  const waiting = spool.read("a", 0, Infinity).map((spooled) => spooled.event);
  expect(waiting).toEqual(events);
  expect(waiting[0]).not.toBe(events[0]);
  expect(waiting.at(-1)).toBe(events.at(-1));
});
