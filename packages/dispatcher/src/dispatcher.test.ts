import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { defineDestination, delivered, outcomeOf, piece } from "@tracecast/core";
import type { Outcome } from "@tracecast/core";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { event } from "../test/event.ts";
import { ManualClock, turns } from "../test/manual-clock.ts";
import { scriptedDestination } from "../test/scripted-destination.ts";
import { createDispatcher } from "./dispatcher.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { DispatcherOptions } from "./dispatcher-options.ts";
import type { RedactionSettings } from "./policy/redaction/redaction-settings.ts";
import { MemorySpool } from "./spool/memory-spool.ts";
import type { DestinationStats } from "./stats.ts";

const hang = () => new Promise<never>(() => {});
const retry: Outcome = { status: "retry", reason: "503 from here" };
const invalid: Outcome = { status: "rejected", code: "invalid", reason: "400 from here" };

function setUp(destinations: DispatcherOptions["destinations"], options: Partial<DispatcherOptions> = {}) {
  const clock = new ManualClock();
  const dispatcher = createDispatcher({ destinations, clock, random: () => 1, ...options });
  onTestFinished(() => void dispatcher.close({ timeoutMs: 0 }));
  return { clock, dispatcher };
}

const statsOf = (dispatcher: Dispatcher, id: string): DestinationStats => {
  const stats = dispatcher.stats().find((one) => one.id === id);
  if (!stats) throw new Error(`no destination ${id}`);
  return stats;
};

const accountedFor = ({
  filtered,
  sampledOut,
  delivered,
  dead,
  dropped,
  pending,
}: DestinationStats): number =>
  Object.values(filtered).reduce((a, b) => a + b, 0) +
  Object.values(dropped).reduce((a, b) => a + b, 0) +
  sampledOut +
  delivered +
  dead +
  pending;

test("an event reaches every destination, in one request with those that came within its delay", async () => {
  const a = scriptedDestination();
  const b = scriptedDestination({ maxDelayMs: 3000 });
  const { clock, dispatcher } = setUp([
    { name: "a", type: a.type, config: {} },
    { name: "b", type: b.type, config: {} },
  ]);
  const events = [event(), event(), event()];
  for (const one of events) dispatcher.publish(one);
  await clock.advance(999);
  expect(a.sent).toEqual([]);
  await clock.advance(1);
  expect(a.sent).toEqual([events.map(({ id }) => id)]);
  expect(b.sent).toEqual([]);
  await clock.advance(2000);
  expect(b.sent).toEqual([events.map(({ id }) => id)]);
});

test("a full batch does not wait", async () => {
  const a = scriptedDestination({ maxPieces: 2 });
  const { dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  for (let n = 0; n < 5; n += 1) dispatcher.publish(event());
  await turns();
  expect(a.sent.map((batch) => batch.length)).toEqual([2, 2]);
});

test("a destination in privacy mode sees no content; another sees all of it", async () => {
  const open = scriptedDestination({ maxDelayMs: 0 });
  const closed = scriptedDestination({ maxDelayMs: 0 });
  const { clock, dispatcher } = setUp([
    { name: "open", type: open.type, config: {} },
    { name: "closed", type: closed.type, config: {}, privacyMode: true },
  ]);
  dispatcher.publish(event({ user: "u" }));
  await clock.advance(0);
  expect(JSON.stringify(open.seen)).toContain("a secret question");
  expect(JSON.stringify(closed.seen)).not.toContain("secret");
  expect(closed.seen[0]?.user).toBe("u");
});

test("a destination that hangs changes nothing for the others", async () => {
  const slow = scriptedDestination({ maxDelayMs: 0 });
  slow.answer = hang;
  const quick = scriptedDestination({ maxDelayMs: 0 });
  const { clock, dispatcher } = setUp([
    { name: "slow", type: slow.type, config: {} },
    { name: "quick", type: quick.type, config: {} },
  ]);
  for (let n = 0; n < 3; n += 1) {
    dispatcher.publish(event());
    await clock.advance(0);
  }
  expect(statsOf(dispatcher, "quick")).toMatchObject({ delivered: 3, pending: 0 });
  expect(statsOf(dispatcher, "slow")).toMatchObject({ delivered: 0, pending: 3 });
});

test("what may succeed later is tried again after a growing wait, with the same events", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  const outcomes = [retry, retry, delivered];
  a.answer = () => ({ outcome: outcomes.shift() ?? delivered });
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  const delays: number[] = [];
  dispatcher.events.on("retried", ({ delayMs }) => delays.push(delayMs));
  dispatcher.publish(event());
  await clock.advance(499);
  expect(a.sent).toHaveLength(1);
  await clock.advance(1);
  expect(a.sent).toHaveLength(2);
  await clock.advance(1000);
  expect(a.sent).toHaveLength(3);
  expect(delays).toEqual([500, 1000]);
  expect(statsOf(dispatcher, "a")).toMatchObject({ delivered: 1, retries: 2, pending: 0 });
});

test("Retry-After is waited for", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  const outcomes: Outcome[] = [{ ...retry, retryAfterMs: 7000 }];
  a.answer = () => ({ outcome: outcomes.shift() ?? delivered });
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  dispatcher.publish(event());
  await clock.advance(6999);
  expect(a.sent).toHaveLength(1);
  await clock.advance(1);
  expect(a.sent).toHaveLength(2);
});

test("the one event at fault is found and kept as a dead letter; its neighbours are delivered", async () => {
  const a = scriptedDestination();
  const events = Array.from({ length: 7 }, () => event());
  const poison = events[4]!.id;
  a.answer = (batch) => ({ outcome: batch.some(({ eventId }) => eventId === poison) ? invalid : delivered });
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  for (const one of events) dispatcher.publish(one);
  await clock.advance(1000);
  expect(statsOf(dispatcher, "a")).toMatchObject({ delivered: 6, dead: 1, pending: 0 });
  expect(dispatcher.deadLetters("a")).toMatchObject([
    { eventId: poison, code: "invalid", reason: "400 from here" },
  ]);
});

test("redaction holds for one destination alone, for what it refused too, and for what already waits when it is tightened", async () => {
  const [a, b] = [scriptedDestination(), scriptedDestination({ maxDelayMs: 3000 })];
  a.answer = () => ({ outcome: invalid });
  const redaction = { detectors: ["email" as const], paths: ["trace.metadata.secret"] };
  const { clock, dispatcher } = setUp([
    { name: "a", type: a.type, config: {}, redaction },
    { name: "b", type: b.type, config: {} },
  ]);
  const trace = { metadata: { secret: "MARKER", open: 1 } };
  dispatcher.publish(event({ input: [{ role: "user", content: "I am jo@x.example" }], trace }));
  await clock.advance(1000);
  const [letter] = dispatcher.deadLetters("a");
  expect(letter?.event).toMatchObject({
    input: [{ role: "user", content: "I am [email]" }],
    trace: { metadata: { secret: "[redacted]", open: 1 } },
  });
  expect(a.seen).toEqual([letter?.event]);
  dispatcher.configure({ name: "b", type: b.type, config: {}, redaction: { paths: ["input"] } });
  await clock.advance(3000);
  expect(b.seen).toMatchObject([{ input: "[redacted]", trace }]);
});

test("redaction settings that do not fit are refused with the path at fault", () => {
  const a = scriptedDestination();
  const configure = (redaction: RedactionSettings) => () =>
    setUp([{ name: "a", type: a.type, config: {}, redaction }]);
  expect(configure({ paths: ["usage"] })).toThrow(/redaction\.paths\.0 "usage" cannot be redacted/);
});

test("a refused key pauses the destination, which keeps its events and goes on when it is resumed", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  a.answer = () => ({ outcome: { status: "rejected", code: "unauthorized", reason: "401 from here" } });
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  const startedMs = clock.now();
  dispatcher.publish(event());
  await clock.advance(0);
  dispatcher.publish(event());
  await clock.advance(100_000);
  expect(a.sent).toHaveLength(1);
  expect(statsOf(dispatcher, "a")).toMatchObject({
    state: "paused",
    pausedReason: 'Scripted "a": 401 from here; paused until its key is replaced.',
    pausedSinceMs: startedMs,
    pending: 2,
    dead: 0,
  });
  a.answer = () => ({ outcome: delivered });
  dispatcher.resume("a");
  await clock.advance(1000);
  expect(statsOf(dispatcher, "a")).toMatchObject({ state: "running", delivered: 2, pending: 0 });
});

test("flush sends without waiting for company and reports what was left", async () => {
  const good = scriptedDestination({ maxDelayMs: 60_000 });
  const down = scriptedDestination();
  down.answer = () => ({ outcome: retry });
  const { clock, dispatcher } = setUp([
    { name: "good", type: good.type, config: {} },
    { name: "down", type: down.type, config: {} },
  ]);
  dispatcher.publish(event());
  dispatcher.publish(event());
  const flushed = dispatcher.flush({ timeoutMs: 5000 });
  await clock.advance(5000);
  expect(await flushed).toEqual({
    delivered: 2,
    left: [{ destinationId: "down", events: 2, reason: "503 from here" }],
  });
});

test("a flush is over as soon as its events are, and does not wait for later ones", async () => {
  const a = scriptedDestination({ maxPieces: 1, maxDelayMs: 60_000 });
  const { dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  dispatcher.publish(event());
  const flushed = dispatcher.flush({ timeoutMs: 1_000_000 });
  a.answer = () => ({ outcome: delivered });
  expect(await flushed).toMatchObject({ left: [] });
  expect(await dispatcher.flush({ timeoutMs: 1_000_000 })).toEqual({ delivered: 0, left: [] });
});

test("a flush joins the attempt that is in flight", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  let answer: (() => void) | undefined;
  a.answer = () => new Promise((resolve) => (answer = () => resolve({ outcome: delivered })));
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  dispatcher.publish(event());
  await clock.advance(0);
  let over = false;
  const flushed = dispatcher.flush({ timeoutMs: 1_000_000 }).then((report) => ((over = true), report));
  await turns();
  expect(over).toBe(false);
  answer?.();
  expect(await flushed).toEqual({ delivered: 1, left: [] });
});

test("close sends what waits, then refuses; a second call gets the same report", async () => {
  const a = scriptedDestination({ maxDelayMs: 60_000 });
  const { dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  const refused: string[] = [];
  dispatcher.events.on("refused", ({ reason }) => refused.push(reason));
  dispatcher.publish(event());
  const [first, second] = [dispatcher.close({ timeoutMs: 1000 }), dispatcher.close({ timeoutMs: 1 })];
  expect(await first).toEqual({ delivered: 1, left: [] });
  expect(await second).toBe(await first);
  dispatcher.publish(event());
  expect(refused).toEqual(["The dispatcher is closed."]);
});

test("close does not wait for a destination that hangs beyond its time", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  a.answer = hang;
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  dispatcher.publish(event());
  await clock.advance(0);
  const closed = dispatcher.close({ timeoutMs: 2000 });
  await clock.advance(2000);
  expect(await closed).toMatchObject({ delivered: 0, left: [{ destinationId: "a", events: 1 }] });
});

test("publish takes anything and throws nothing", () => {
  const { dispatcher } = setUp([{ name: "a", type: scriptedDestination().type, config: {} }]);
  const refused: string[] = [];
  dispatcher.events.on("refused", ({ reason }) => refused.push(reason));
  fc.assert(
    fc.property(fc.anything(), (value) => {
      dispatcher.publish(value as never);
    }),
  );
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]).toMatch(/^This is not a trace event; look at: /);
  expect(statsOf(dispatcher, "a").published).toBe(0);
});

test("listeners observe and never decide: one that throws, and none at all, change no delivery", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  const heard: string[] = [];
  for (const name of ["admitted", "delivered", "drained"] as const) {
    dispatcher.events.on(name, () => {
      throw new Error("a listener's own trouble");
    });
    dispatcher.events.on(name, () => heard.push(name));
  }
  dispatcher.publish(event());
  await clock.advance(0);
  expect(heard).toEqual(["admitted", "delivered", "drained"]);
  dispatcher.events.removeAllListeners();
  dispatcher.publish(event());
  await clock.advance(0);
  expect(statsOf(dispatcher, "a").delivered).toBe(2);
});

test("two destinations with one id, and settings that do not fit, are refused with a sentence", () => {
  const { type } = scriptedDestination();
  const twice = { name: "a", type, config: {} };
  expect(() => createDispatcher({ destinations: [twice, twice] })).toThrow('Two destinations are called "a"');
  expect(() => createDispatcher({ destinations: [{ ...twice, config: { x: 1 } }] })).toThrow(
    "Scripted is not configured right",
  );
});

test("several batches are under way at a time, and no more than the window allows", async () => {
  const a = scriptedDestination({ maxPieces: 1 });
  let underWay = 0;
  let most = 0;
  const answers: (() => void)[] = [];
  a.answer = () =>
    new Promise((resolve) => {
      most = Math.max(most, (underWay += 1));
      answers.push(() => {
        underWay -= 1;
        resolve({ outcome: delivered });
      });
    });
  const { dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  for (let n = 0; n < 200; n += 1) dispatcher.publish(event());
  while (statsOf(dispatcher, "a").pending > 0) {
    await turns(20);
    for (const answer of answers.splice(0)) answer();
  }
  expect(most).toBeGreaterThan(4);
  expect(most).toBeLessThanOrEqual(16);
  expect(a.sent.flat()).toHaveLength(200);
});

test("a dead destination is probed by one attempt at a time, and drains by itself when it lives again", async () => {
  const a = scriptedDestination({ maxPieces: 1, maxDelayMs: 0 });
  a.answer = () => ({ outcome: retry });
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  const startedMs = clock.now();
  for (let n = 0; n < 20; n += 1) dispatcher.publish(event());
  await clock.advance(60_000);
  expect(statsOf(dispatcher, "a")).toMatchObject({
    circuit: "open",
    lastFailure: "503 from here",
    failingSinceMs: startedMs,
    pending: 20,
  });
  const before = a.sent.length;
  await clock.advance(120_000);
  expect(a.sent.length - before).toBeLessThanOrEqual(4);
  a.answer = () => ({ outcome: delivered });
  await clock.advance(60_000);
  expect(statsOf(dispatcher, "a")).toMatchObject({ circuit: "closed", delivered: 20, pending: 0, dead: 0 });
});

test("a destination can be added and removed while events flow", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  const b = scriptedDestination({ maxDelayMs: 0 });
  b.answer = hang;
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  dispatcher.publish(event());
  dispatcher.configure({ name: "b", type: b.type, config: {} });
  dispatcher.publish(event());
  await clock.advance(0);
  expect(statsOf(dispatcher, "b")).toMatchObject({ published: 1, pending: 1 });
  expect(await dispatcher.remove("b")).toBe(1);
  expect(dispatcher.stats().map(({ id }) => id)).toEqual(["a"]);
  dispatcher.publish(event());
  await clock.advance(0);
  expect(statsOf(dispatcher, "a")).toMatchObject({ published: 3, delivered: 3 });
});

test("a changed config ends the pause that a refused key caused, but not a person's", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  a.answer = () => ({ outcome: { status: "rejected", code: "unauthorized", reason: "401 from here" } });
  const settings = { name: "a", type: a.type, config: {} };
  const { clock, dispatcher } = setUp([settings]);
  dispatcher.publish(event());
  await clock.advance(0);
  expect(statsOf(dispatcher, "a").state).toBe("paused");
  a.answer = () => ({ outcome: delivered });
  dispatcher.configure(settings);
  await clock.advance(0);
  expect(statsOf(dispatcher, "a")).toMatchObject({ state: "running", delivered: 1 });
  dispatcher.pause("a");
  dispatcher.configure(settings);
  expect(statsOf(dispatcher, "a")).toMatchObject({ state: "paused", pausedReason: "paused by hand" });
});

test("settings that do not fit change nothing", () => {
  const a = scriptedDestination();
  const { dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  expect(() => dispatcher.configure({ name: "a", type: a.type, config: { x: 1 } })).toThrow(
    /not configured right/,
  );
  expect(statsOf(dispatcher, "a").state).toBe("running");
});

test("privacy tightened while events wait, or while they are being sent, holds for them", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  a.answer = hang;
  const settings = { name: "a", type: a.type, config: {} };
  const { clock, dispatcher } = setUp([settings]);
  dispatcher.publish(event());
  await clock.advance(0);
  dispatcher.publish(event());
  a.seen.length = 0;
  a.sent.length = 0;
  a.answer = () => ({ outcome: delivered });
  dispatcher.configure({ ...settings, privacyMode: true });
  await clock.advance(1000);
  expect(a.sent.flat()).toHaveLength(2);
  expect(JSON.stringify(a.seen)).not.toContain("secret");
  expect(statsOf(dispatcher, "a")).toMatchObject({ delivered: 2, pending: 0 });
});

test("privacy loosened while events wait does not open what was accepted as private", async () => {
  const a = scriptedDestination({ maxDelayMs: 1000 });
  const b = scriptedDestination();
  const settings = { name: "a", type: a.type, config: {} };
  const { clock, dispatcher } = setUp([
    { ...settings, privacyMode: true },
    { name: "b", type: b.type, config: {} },
  ]);
  dispatcher.publish(event());
  dispatcher.configure({ ...settings, privacyMode: false });
  await clock.advance(1000);
  expect(a.seen).toHaveLength(1);
  expect(JSON.stringify(a.seen)).not.toContain("secret");
});

test("a disabled destination keeps what waits and sends it when it is enabled again", async () => {
  const a = scriptedDestination();
  const settings = { name: "a", type: a.type, config: {} };
  const { clock, dispatcher } = setUp([settings]);
  dispatcher.publish(event());
  dispatcher.configure({ ...settings, enabled: false });
  dispatcher.publish(event());
  await clock.advance(5000);
  expect(a.sent).toEqual([]);
  expect(statsOf(dispatcher, "a")).toMatchObject({
    state: "disabled",
    pending: 1,
    filtered: { disabled: 1 },
  });
  dispatcher.configure(settings);
  await clock.advance(1000);
  expect(statsOf(dispatcher, "a")).toMatchObject({ state: "running", delivered: 1, pending: 0 });
});

test("a dead letter can be replayed to its destination and to another, under its old id and the target's privacy", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  const b = scriptedDestination({ maxDelayMs: 0 });
  a.answer = () => ({ outcome: invalid });
  const { clock, dispatcher } = setUp([
    { name: "a", type: a.type, config: {} },
    { name: "b", type: b.type, config: {}, apiKeyHashes: ["a".repeat(64)], privacyMode: true },
  ]);
  const one = event();
  dispatcher.publish(one);
  await clock.advance(0);
  expect(statsOf(dispatcher, "a")).toMatchObject({ dead: 1 });
  expect(dispatcher.replay("a", { to: "b" })).toBe(1);
  await clock.advance(0);
  expect(b.sent).toEqual([[one.id]]);
  expect(JSON.stringify(b.seen)).not.toContain("secret");
  a.answer = () => ({ outcome: delivered });
  expect(dispatcher.replay("a", { eventId: one.id })).toBe(1);
  await clock.advance(0);
  expect(a.sent.at(-1)).toEqual([one.id]);
  expect(dispatcher.deadLetters("a")).toEqual([]);
  for (const stats of dispatcher.stats()) expect(accountedFor(stats)).toBe(stats.published);
  expect(dispatcher.replay("a")).toBe(0);
  expect(() => dispatcher.replay("nobody")).toThrow('There is no destination "nobody".');
});

test("explain answers for every destination what became of an event, by its id and by its trace", async () => {
  const good = scriptedDestination({ maxDelayMs: 0 });
  const down = scriptedDestination({ maxDelayMs: 0 });
  down.answer = () => ({ outcome: retry });
  const bad = scriptedDestination({ maxDelayMs: 0 });
  bad.answer = () => ({ outcome: invalid });
  const { clock, dispatcher } = setUp([
    { name: "good", type: good.type, config: {} },
    { name: "down", type: down.type, config: {} },
    { name: "bad", type: bad.type, config: {} },
    { name: "off", type: good.type, config: {}, enabled: false },
    { name: "rare", type: good.type, config: {}, samplingRate: 0.0001 },
  ]);
  const one = event({ trace: { traceId: "t", metadata: {} } });
  dispatcher.publish(one);
  await clock.advance(0);
  const [explained] = dispatcher.explain(one.id);
  expect(explained).toEqual({
    eventId: one.id,
    traceId: "t",
    destinations: {
      good: { state: "delivered", attempts: 1, atMs: clock.now() },
      down: { state: "waiting", attempts: 1, lastReason: "503 from here" },
      bad: { state: "dead", attempts: 1, atMs: clock.now(), code: "invalid", reason: "400 from here" },
      off: { state: "filtered", by: "disabled" },
      rare: { state: "sampled_out" },
    },
  });
  expect(dispatcher.explain("t")).toEqual([explained]);
  expect(dispatcher.explain("unknown")).toEqual([]);
});

test("what a full spool drops is counted, explained, and announced once a minute", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  a.answer = hang;
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }], {
    spool: new MemorySpool({ maxBytes: 3000 }),
  });
  const announced: number[] = [];
  dispatcher.events.on("dropped", ({ events }) => announced.push(events));
  const first = event();
  dispatcher.publish(first);
  for (let n = 0; n < 20; n += 1) dispatcher.publish(event());
  const { dropped, pending } = statsOf(dispatcher, "a");
  expect((dropped.spool_bytes ?? 0) + pending).toBe(21);
  expect(announced).toEqual([1]);
  await clock.advance(60_000);
  expect(announced.reduce((sum, events) => sum + events)).toBe(dropped.spool_bytes);
  expect(announced).toHaveLength(2);
  expect(dispatcher.explain(first.id)[0]?.destinations["a"]).toEqual({
    state: "dropped",
    limit: "spool_bytes",
  });
});

test("what waits too long is dropped and named so", async () => {
  const a = scriptedDestination({ maxDelayMs: 0 });
  a.answer = hang;
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }], {
    spool: new MemorySpool({ maxAgeMs: 100_000 }),
  });
  dispatcher.publish(event());
  await clock.advance(200_000);
  expect(statsOf(dispatcher, "a")).toMatchObject({ dropped: { spool_age: 1 }, pending: 0 });
});

test("an event that the spool cannot take is counted as lost, not forgotten", () => {
  const spool = new MemorySpool();
  spool.append = () => {
    throw new Error("disk full");
  };
  const { dispatcher } = setUp([{ name: "a", type: scriptedDestination().type, config: {} }], { spool });
  dispatcher.publish(event());
  expect(statsOf(dispatcher, "a")).toMatchObject({ published: 1, dropped: { spool_failed: 1 }, pending: 0 });
});

test("published = filtered + sampled out + delivered + dead + dropped + pending, at every moment, whatever happens", async () => {
  const answers = fc.constantFrom("delivered", "retry", "invalid", "unauthorized", "throw", "hang", "mixed");
  const steps = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ publish: fc.record({ session: fc.nat(5), key: fc.boolean() }) }) },
      { weight: 2, arbitrary: fc.record({ advance: fc.nat(40_000) }) },
      { weight: 1, arbitrary: fc.record({ resume: fc.constantFrom("a", "b", "c") }) },
      { weight: 1, arbitrary: fc.record({ replay: fc.constantFrom("a", "b", "c") }) },
      { weight: 1, arbitrary: fc.record({ reconfigure: fc.boolean() }) },
    ),
    { maxLength: 40 },
  );
  const hash = "a".repeat(64);
  await fc.assert(
    fc.asyncProperty(fc.array(answers), steps, async (script, steps) => {
      const flaky = scriptedDestination({ maxPieces: 3, maxDelayMs: 100 });
      flaky.answer = (batch) => {
        const next = script.shift() ?? "delivered";
        if (next === "throw") throw new Error("boom");
        if (next === "hang") return hang();
        if (next === "mixed") {
          return { outcome: delivered, exceptions: new Map([[batch[0]?.eventId ?? "", invalid]]) };
        }
        if (next === "unauthorized") return { outcome: { ...invalid, code: "unauthorized" } as Outcome };
        return { outcome: next === "retry" ? retry : next === "invalid" ? invalid : delivered };
      };
      const steady = scriptedDestination({ maxDelayMs: 50 });
      const clock = new ManualClock();
      const dispatcher = createDispatcher({
        clock,
        random: () => 0.5,
        destinations: [
          { name: "a", type: flaky.type, config: {} },
          { name: "b", type: steady.type, config: {}, samplingRate: 0.5, privacyMode: true },
          { name: "c", type: flaky.type, config: {}, apiKeyHashes: [hash] },
        ],
      });
      let published = 0;
      const check = () => {
        for (const stats of dispatcher.stats()) {
          expect(stats.published).toBe(published);
          expect(accountedFor(stats)).toBe(published);
        }
      };
      for (const step of steps) {
        if ("publish" in step) {
          published += 1;
          dispatcher.publish(
            event({ sessionId: `s${step.publish.session}`, ...(step.publish.key && { apiKey: { hash } }) }),
          );
        } else if ("advance" in step) await clock.advance(step.advance);
        else if ("replay" in step) dispatcher.replay(step.replay);
        else if ("reconfigure" in step) {
          dispatcher.configure({ name: "a", type: flaky.type, config: {}, privacyMode: step.reconfigure });
        } else if ("resume" in step) dispatcher.resume(step.resume);
        check();
      }
      const closing = dispatcher.close({ timeoutMs: 1000 });
      await clock.advance(1000);
      await closing;
    }),
    { numRuns: 60 },
  );
});

test("over real HTTP: a server that fails once gets the same bytes again, and its backlog drains", async () => {
  const bodies: string[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    bodies.push(body);
    response.writeHead(bodies.length === 1 ? 503 : 200, { "retry-after": "0.01" }).end();
  };
  const server = createServer((request, response) => {
    void receive(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const type = defineDestination({
    type: "lines",
    name: "Lines",
    config: z.object({ url: z.url() }),
    limits: { maxPieces: 10, maxBytes: 10_000, maxDelayMs: 0 },
    connect: ({ url }, { http }) => ({
      test: async () => ({ ok: true, message: "Not tested." }),
      encode: ({ id }) => [piece(JSON.stringify({ id }))],
      send: async (batch, signal) => {
        const body = batch.flatMap(({ pieces }) => pieces.map(({ json }) => json)).join("\n");
        return { outcome: outcomeOf(await http.request({ url, method: "POST", body, signal })) };
      },
    }),
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const dispatcher = createDispatcher({
    destinations: [{ name: "a", type, config: { url } }],
    random: () => 0,
  });
  const drained = once(dispatcher.events as never, "drained");
  dispatcher.publish(event());
  await drained;
  expect(bodies).toHaveLength(2);
  expect(bodies[1]).toBe(bodies[0]);
  expect(await dispatcher.close({ timeoutMs: 1000 })).toEqual({ delivered: 0, left: [] });
});

test("what an earlier run left for a destination that is not set up is shown, and sent once it is", async () => {
  const spool = new MemorySpool();
  const left = event();
  spool.append(left, [{ destinationId: "gone", private: false }], Date.UTC(2026, 0, 2, 3));
  const back = scriptedDestination();
  const { clock, dispatcher } = setUp([], { spool });
  expect(dispatcher.orphans()).toEqual([{ destinationId: "gone", events: 1 }]);
  dispatcher.configure({ name: "gone", type: back.type, config: {} });
  expect(dispatcher.orphans()).toEqual([]);
  await clock.advance(1000);
  expect(back.sent).toEqual([[left.id]]);
  expect(statsOf(dispatcher, "gone")).toMatchObject({ published: 1, delivered: 1 });
});

test("what is published while a batch is being sent is not lost with it", async () => {
  const a = scriptedDestination({ maxPieces: 2 });
  const { clock, dispatcher } = setUp([{ name: "a", type: a.type, config: {} }]);
  const later = [event(), event(), event()];
  a.answer = () => {
    for (const one of later.splice(0, 1)) dispatcher.publish(one);
    return { outcome: delivered };
  };
  const ids = [event(), event(), ...later].map((one) => one.id);
  for (const id of ids.slice(0, 2)) dispatcher.publish(event({ id }));
  for (let step = 0; step < 5; step += 1) await clock.advance(1000);
  expect(a.sent.flat()).toEqual(ids);
  expect(statsOf(dispatcher, "a")).toMatchObject({ delivered: 5, pending: 0 });
});

test("what an event becomes for a destination can be looked at: as it is sent, and of privacy then and now by the stricter", async () => {
  const { type, seen, sent } = scriptedDestination({ maxDelayMs: 0 });
  const redaction = { paths: ["input"] } satisfies RedactionSettings;
  const { clock, dispatcher } = setUp([
    { name: "open", type, config: {} },
    { name: "closed", type, config: {}, privacyMode: true },
    { name: "redacted", type, config: {}, redaction },
    { name: "none", type, config: {}, enabled: false },
  ]);
  const one = event();
  dispatcher.publish(one);
  await clock.advance(0);
  const textFor = (id: string) => dispatcher.encode(id, one).pieces.map(({ json }) => json);
  expect(textFor("open")).toEqual([JSON.stringify({ id: one.id, input: one.input })]);
  expect(textFor("none")).toEqual(textFor("open"));
  expect(dispatcher.encode("open", one).private).toBe(false);
  expect(textFor("closed")).toEqual([JSON.stringify({ id: one.id, input: null })]);
  expect(dispatcher.explain(one.id)[0]?.private).toEqual(["closed"]);
  expect(textFor("redacted").join()).not.toContain("secret");

  dispatcher.configure({ name: "closed", type, config: {} });
  expect(dispatcher.encode("closed", one).private).toBe(true);
  expect(textFor("closed").join()).not.toContain("secret");
  expect(dispatcher.encode("closed", event()).private).toBe(false);
  dispatcher.configure({ name: "open", type, config: {}, privacyMode: true });
  expect(textFor("open").join()).not.toContain("secret");
  expect(() => dispatcher.encode("nobody", one)).toThrow('There is no destination "nobody".');
  // Looking sends nothing and leaves nothing for others to send.
  expect([sent.flat().length, seen.length > sent.flat().length]).toEqual([3, true]);
});

test("of what cannot be encoded is said why", () => {
  const { type } = scriptedDestination();
  const broken = {
    ...type,
    connect: () => ({
      ...type.connect({}, {} as never),
      encode: () => {
        throw new RangeError("a secret question");
      },
    }),
  };
  const { dispatcher } = setUp([{ name: "a", type: broken, config: {} }]);
  expect(dispatcher.encode("a", event())).toEqual({
    private: false,
    pieces: [],
    failure: "encoding threw RangeError",
  });
});

test("what was replayed from a private destination to another one is shown as that one got it", async () => {
  const closed = scriptedDestination({ maxDelayMs: 0 });
  closed.answer = () => ({ outcome: invalid });
  const open = scriptedDestination({ maxDelayMs: 0 });
  const { clock, dispatcher } = setUp([
    { name: "closed", type: closed.type, config: {}, privacyMode: true },
    { name: "open", type: open.type, config: {}, samplingRate: 0.0001 },
  ]);
  const one = event();
  dispatcher.publish(one);
  await clock.advance(0);
  expect(dispatcher.encode("open", one).private).toBe(false);
  expect(open.seen.length).toBe(1);
  dispatcher.replay("closed", { to: "open" });
  await clock.advance(0);
  const [piece] = dispatcher.encode("open", one).pieces;
  expect(piece?.json).toBe(JSON.stringify({ id: one.id, input: open.seen[1]?.input ?? null }));
  expect(piece?.json).not.toContain("secret");
  expect(dispatcher.explain(one.id)[0]).toMatchObject({
    private: ["closed", "open"],
    destinations: { open: { state: "delivered" } },
  });
});
