import assert from "node:assert/strict";
import type { Spool } from "@tracecast/dispatcher";
import fc from "fast-check";
import { freshEvent } from "./fresh-event.ts";
import { to, withSpool } from "./spool-contract-options.ts";
import type { SpoolContractOptions, SpoolLimits, SpoolRules } from "./spool-contract-options.ts";

// Ids as people and as the settings page give them; the short ones alone once hid that no longer one was found again.
const names = ["a", "Production", "2f982e7e-0a4e-88d4-818f-f465132031cb"] as const;
const name = fc.constantFrom(...names);

/** Anything that may be done to a spool. */
const step = fc.oneof(
  fc.record({ kind: fc.constant("append" as const), ids: fc.uniqueArray(name, { minLength: 1 }) }),
  fc.record({
    kind: fc.constant("settle" as const),
    id: name,
    skip: fc.nat(2),
    count: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ kind: fc.constant("expire" as const) }),
  fc.record({ kind: fc.constant("forget" as const), id: name }),
  fc.record({ kind: fc.constant("reopen" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Waiting {
  readonly eventId: string;
  readonly acceptedMs: number;
  readonly waiting: Set<string>;
}

const limits = (capacity: number, bytes: number): SpoolLimits => ({
  maxBytes: bytes * (capacity + 0.5),
  maxAgeMs: 20,
});

/** A spool behaves like a plain list of events, whatever is done to it and in whatever order. */
export function modelRules(options: SpoolContractOptions): SpoolRules {
  return {
    "it agrees with a plain list, also over limits and, where it can be opened again, over restarts":
      async () => {
        await fc.assert(
          fc.asyncProperty(
            fc.array(step, { maxLength: 40 }),
            fc.integer({ min: 1, max: 12 }),
            async (steps, capacity) => compare(options, steps, capacity),
          ),
          { numRuns: options.reopen ? 25 : 100 },
        );
      },
  };
}

async function compare(
  options: SpoolContractOptions,
  steps: readonly Step[],
  capacity: number,
): Promise<void> {
  let one = 0;
  await withSpool(options, {}, (spool) => {
    spool.append(freshEvent(), to("a"), 0);
    one = spool.backlog("a").bytes;
  });
  const allowed = limits(capacity, one);
  let spool = await options.open(allowed);
  let model: readonly Waiting[] = [];
  let nowMs = 0;
  try {
    for (const each of steps) {
      nowMs += 1;
      if (each.kind === "reopen") {
        if (!options.reopen) continue;
        await spool.close();
        spool = await options.reopen(spool, allowed);
      } else model = apply(each, spool, model, { nowMs, capacity });
      assertSame(spool, model);
    }
  } finally {
    await spool.close();
  }
}

function apply(
  each: Exclude<Step, { kind: "reopen" }>,
  spool: Spool,
  model: readonly Waiting[],
  { nowMs, capacity }: { readonly nowMs: number; readonly capacity: number },
): readonly Waiting[] {
  const lost = (gone: readonly Waiting[]) =>
    Object.fromEntries(names.map((id) => [id, gone.filter(({ waiting }) => waiting.has(id)).length]));
  if (each.kind === "append") {
    const event = freshEvent();
    const dropped = spool.append(event, to(...each.ids), nowMs);
    const all = [...model, { eventId: event.id, acceptedMs: nowMs, waiting: new Set<string>(each.ids) }];
    const excess = Math.max(0, all.length - capacity);
    assert.deepEqual(counts(dropped), lost(all.slice(0, excess)));
    return all.slice(excess);
  }
  if (each.kind === "expire") {
    const young = model.filter(({ acceptedMs }) => nowMs - acceptedMs <= 20);
    assert.deepEqual(counts(spool.expire(nowMs)), lost(model.slice(0, model.length - young.length)));
    return young;
  }
  const mine = model.filter(({ waiting }) => waiting.has(each.id));
  if (each.kind === "forget") {
    assert.equal(spool.forget(each.id), mine.length);
    for (const { waiting } of mine) waiting.delete(each.id);
  } else {
    const chosen = mine.slice(each.skip, each.skip + each.count);
    const positions = spool
      .read(each.id, 0, each.skip + each.count)
      .slice(each.skip)
      .map(({ position }) => position);
    assert.equal(spool.settle(each.id, positions), chosen.length);
    for (const { waiting } of chosen) waiting.delete(each.id);
  }
  return model.filter(({ waiting }) => waiting.size > 0);
}

const counts = (dropped: ReturnType<Spool["expire"]>) =>
  Object.fromEntries(
    names.map((id) => [
      id,
      dropped.filter(({ destinationId }) => destinationId === id).flatMap(({ positions }) => positions)
        .length,
    ]),
  );

function assertSame(spool: Spool, model: readonly Waiting[]): void {
  for (const id of names) {
    const expected = model.filter(({ waiting }) => waiting.has(id));
    assert.deepEqual(
      spool.read(id, 0, Infinity).map(({ event, acceptedMs }) => [event.id, acceptedMs]),
      expected.map(({ eventId, acceptedMs }) => [eventId, acceptedMs]),
    );
    assert.equal(spool.backlog(id).events, expected.length);
    assert.equal(spool.backlog(id).oldestMs, expected[0]?.acceptedMs);
    assert.equal(spool.count(id, spool.lastPosition), expected.length);
  }
}
