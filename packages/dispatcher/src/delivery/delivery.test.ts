import { delivered, piece } from "@tracecast/core";
import type { Connection, Outcome, SendResult, TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { event } from "../../test/event.ts";
import { scriptedDestination } from "../../test/scripted-destination.ts";
import { ManualClock, turns } from "../../test/manual-clock.ts";
import { attempt } from "./attempt.ts";
import { backoffMs } from "./backoff.ts";
import { cutBatch, halves } from "./batch.ts";
import type { Item } from "./batch.ts";
import { encodeEvent } from "./encode-event.ts";
import { SharedEncodings } from "./shared-encodings.ts";
import { sortOutcomes } from "./sort-outcomes.ts";
import type { Policy } from "../settings.ts";

const item = (position: number, sizes: number[] = [10]): Item => ({
  position,
  encoded: { eventId: `e${position}`, pieces: sizes.map((bytes) => piece("x".repeat(bytes))) },
  bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
  view: () => event(),
  attempts: 1,
});
const connectionThat = (parts: Partial<Connection>): Connection => ({
  test: async () => ({ ok: true, message: "Fine." }),
  encode: () => [piece("{}")],
  send: async () => ({ outcome: delivered }),
  ...parts,
});
const alone = () => new SharedEncodings().join(scriptedDestination().type);

test("a batch is cut by pieces and by bytes, and is never empty", () => {
  const items = fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(
      items,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 200 }),
      (sizes, maxPieces, maxBytes) => {
        const all = sizes.map((pieces, position) => item(position, pieces));
        const batch = cutBatch(all, { maxPieces, maxBytes });
        expect(batch).toEqual(all.slice(0, batch.length));
        expect(batch.length).toBeGreaterThan(0);
        const pieces = batch.flatMap(({ encoded }) => encoded.pieces);
        const bytes = pieces.reduce((sum, piece) => sum + piece.bytes + 1, 0);
        if (batch.length > 1) {
          expect(pieces.length).toBeLessThanOrEqual(maxPieces);
          expect(bytes).toBeLessThanOrEqual(maxBytes);
        }
      },
    ),
  );
});

test("halves are both smaller and lose nothing", () => {
  expect(halves([1, 2, 3])).toEqual([[1, 2], [3]]);
});

test("the wait grows to a minute at most, is jittered from zero, and honours Retry-After up to five minutes", () => {
  expect(backoffMs(1, 1)).toBe(500);
  expect(backoffMs(3, 1)).toBe(2000);
  expect(backoffMs(3, 0)).toBe(0);
  expect(backoffMs(500, 1)).toBe(60_000);
  expect(backoffMs(1, 0.5, 7000)).toBe(7000);
  expect(backoffMs(1, 0.5, 86_400_000)).toBe(300_000);
});

const nothingAsked = { cost: false, identity: false, requestContext: false };
const policy = (changes: Partial<Pick<Policy, "privacyMode" | "redact">> = {}) => ({
  privacyMode: false,
  blocks: nothingAsked,
  redact: undefined,
  ...changes,
});

test("an attempt that is never answered ends as a retry at its deadline, with its signal aborted", async () => {
  const clock = new ManualClock();
  let seen: AbortSignal | undefined;
  const connection = connectionThat({ send: (_, signal) => new Promise<SendResult>(() => (seen = signal)) });
  const result = attempt(connection, [item(1).encoded], {
    clock,
    timeoutMs: 5000,
    signal: new AbortController().signal,
  });
  await clock.advance(5000);
  expect(await result).toEqual({ outcome: { status: "retry", reason: "no answer within 5 s" } });
  await turns();
  expect(seen?.aborted).toBe(true);
});

test("a send that throws is a retry whose reason quotes nothing", async () => {
  const connection = connectionThat({ send: () => Promise.reject(new TypeError("key sk-123 refused")) });
  const result = await attempt(connection, [], {
    clock: new ManualClock(),
    timeoutMs: 1,
    signal: new AbortController().signal,
  });
  expect(result).toEqual({ outcome: { status: "retry", reason: "sending threw TypeError" } });
});

test("an event whose view or encoding throws leaves a reason without content, and no pieces", () => {
  const spooled = { position: 1, acceptedMs: 1, private: false, event: event() };
  const throws = connectionThat({
    encode: () => {
      throw new RangeError("a secret question");
    },
  });
  expect(encodeEvent(throws, spooled, policy(), alone())).toMatchObject({
    failure: { code: "invalid", reason: "encoding threw RangeError" },
  });
  const broken = {
    ...spooled,
    event: new Proxy(event(), {
      ownKeys: () => {
        throw new Error("a secret question");
      },
    }),
  };
  const closed = encodeEvent(connectionThat({}), broken, policy({ privacyMode: true }), alone());
  expect(closed).toEqual({
    eventId: broken.event.id,
    failure: { status: "rejected", code: "invalid", reason: "making the destination's view threw Error" },
  });
  expect(
    encodeEvent(connectionThat({ encode: () => [] }), spooled, policy(), alone()).failure?.reason,
  ).toMatch(/made nothing/);
});

test("a redaction that throws leaves a reason without content, and the event is not encoded", () => {
  let encoded = 0;
  const connection = connectionThat({
    encode: () => {
      encoded += 1;
      return [];
    },
  });
  const spooled = { position: 1, acceptedMs: 1, private: false, event: event() };
  const redact = () => {
    throw new Error("a secret question");
  };
  expect(encodeEvent(connection, spooled, policy({ redact }), alone())).toEqual({
    eventId: spooled.event.id,
    failure: {
      status: "rejected",
      code: "invalid",
      reason: "making the destination's view threw Error",
    },
  });
  expect(encoded).toBe(0);
});

test("an event that the spool cannot give back is a failure that names its position", () => {
  const lost = {
    position: 7,
    acceptedMs: 1,
    private: false,
    get event(): TraceEvent {
      throw new SyntaxError("half a secret question");
    },
  };
  expect(encodeEvent(connectionThat({}), lost, policy(), alone())).toEqual({
    eventId: "(position 7)",
    failure: {
      status: "rejected",
      code: "invalid",
      reason: "reading it back from the spool threw SyntaxError",
    },
  });
});

test("privacy at acceptance and privacy now: the stricter wins", () => {
  const seen: unknown[] = [];
  const connection = connectionThat({
    encode: (view) => {
      seen.push(view.input);
      return [piece("{}")];
    },
  });
  const spooled = (asPrivate: boolean) => ({
    position: 1,
    acceptedMs: 1,
    private: asPrivate,
    event: event(),
  });
  encodeEvent(connection, spooled(true), policy(), alone());
  encodeEvent(connection, spooled(false), policy({ privacyMode: true }), alone());
  encodeEvent(connection, spooled(false), policy(), alone());
  expect(seen).toEqual([undefined, undefined, [{ role: "user", content: "a secret question" }]]);
});

test("outcomes are sorted event by event", () => {
  const batch = [item(1), item(2), item(3), item(4), item(5)];
  const sorted = sortOutcomes(batch, {
    outcome: { status: "rejected", code: "invalid", reason: "400" },
    exceptions: new Map<string, Outcome>([
      ["e1", delivered],
      ["e2", { status: "retry", reason: "429", retryAfterMs: 3 }],
      ["e3", { status: "rejected", code: "invalid", reason: "bad row" }],
    ]),
  });
  expect(sorted.delivered).toEqual([batch[0]]);
  expect(sorted.retry).toEqual([batch[1]]);
  expect(sorted.dead).toEqual([
    { item: batch[2], why: { status: "rejected", code: "invalid", reason: "bad row" } },
  ]);
  expect(sorted.smaller).toEqual([[batch[3]], [batch[4]]]);
});

test("a refused batch is halved, a refused single event is dead, a refused key is neither", () => {
  const refused: SendResult = { outcome: { status: "rejected", code: "too_large", reason: "413" } };
  expect(sortOutcomes([item(1), item(2), item(3)], refused).smaller.map((part) => part.length)).toEqual([
    2, 1,
  ]);
  expect(sortOutcomes([item(1)], refused)).toMatchObject({
    smaller: [],
    dead: [{ why: { code: "too_large" } }],
  });
  const revoked: SendResult = { outcome: { status: "rejected", code: "unauthorized", reason: "401" } };
  expect(sortOutcomes([item(1)], revoked)).toMatchObject({
    dead: [],
    blockedReason: { code: "unauthorized" },
  });
});
