import { defineDestination, delivered, piece } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { event } from "../../test/event.ts";
import { turns } from "../../test/manual-clock.ts";
import { createDispatcher } from "../dispatcher.ts";
import { SharedEncodings } from "./shared-encodings.ts";
import type { Encoded } from "./shared-encodings.ts";

/** A type that says what it encoded, and what each of its destinations sent. */
function recordingType(type: string) {
  const encoded: TraceEvent[] = [];
  const sent: Record<string, string[]> = {};
  return {
    encoded,
    sent,
    type: defineDestination({
      type,
      name: type,
      config: z.object({ to: z.string() }),
      limits: { maxPieces: 3, maxBytes: 10_000, maxDelayMs: 0 },
      connect: ({ to }) => ({
        test: async () => ({ ok: true, message: "It records." }),
        encode: (view) => {
          encoded.push(view);
          return [piece(JSON.stringify(view), view.id)];
        },
        send: async (batch) => {
          (sent[to] ??= []).push(...batch.flatMap(({ pieces }) => pieces.map(({ json }) => json)));
          return { outcome: delivered };
        },
      }),
    }),
  };
}

test("destinations of one type and one view have an event encoded once, others by themselves", async () => {
  const one = recordingType("one");
  const two = recordingType("two");
  const settings = (name: string, { type }: typeof one, policy: object = {}) => ({
    name,
    type,
    config: { to: name },
    ...policy,
  });
  const masked = { redaction: { paths: ["input"] } };
  const dispatcher = createDispatcher({
    destinations: [
      settings("a", one),
      settings("b", one),
      settings("private 1", one, { privacyMode: true }),
      settings("private 2", one, { privacyMode: true }),
      settings("masked", one, masked),
      settings("other", two),
    ],
  });
  const events = Array.from({ length: 10 }, () => event());
  for (const each of events) dispatcher.publish(each);
  await dispatcher.close({ timeoutMs: 5000 });
  expect(one.encoded).toHaveLength(3 * events.length);
  expect(two.encoded).toHaveLength(events.length);
  expect(one.sent["a"]).toEqual(events.map((each) => JSON.stringify(each)));
  expect(one.sent["b"]).toEqual(one.sent["a"]);
  expect(one.sent["private 1"]).toHaveLength(events.length);
  expect(one.sent["private 2"]).toEqual(one.sent["private 1"]);
  expect(JSON.stringify([one.sent["private 1"], one.sent["masked"]])).not.toContain("secret question");
});

test("privacy that is tightened while events wait is not undone by what others have encoded", async () => {
  const { type, sent } = recordingType("one");
  const settings = (name: string, privacyMode = false) => ({ name, type, config: { to: name }, privacyMode });
  const dispatcher = createDispatcher({ destinations: [settings("fast"), settings("slow")] });
  dispatcher.pause("slow");
  for (let n = 0; n < 5; n += 1) dispatcher.publish(event());
  await dispatcher.flush({ timeoutMs: 5000 });
  dispatcher.configure(settings("slow", true));
  dispatcher.resume("slow");
  await turns();
  await dispatcher.close({ timeoutMs: 5000 });
  expect(sent["fast"]).toHaveLength(5);
  expect(sent["slow"]).toHaveLength(5);
  expect(JSON.stringify(sent["fast"])).toContain("a secret question");
  expect(JSON.stringify(sent["slow"])).not.toContain("a secret question");
});

const blocks = { cost: false, identity: false, requestContext: false };
const full = { isPrivate: false, blocks };
const hidden = { isPrivate: true, blocks };

test("what is kept for others is bounded, and nothing is kept for nobody", () => {
  const { type } = recordingType("one");
  const encodings = new SharedEncodings();
  const alone = encodings.join(type);
  const encoded = (bytes: number): Encoded => ({ encoded: { eventId: "e", pieces: [] }, bytes });
  alone.keep(1, full, encoded(1));
  expect(alone.find(1, full)).toBeUndefined();
  const other = encodings.join(type);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 8_000_000 }), { maxLength: 40 }), (sizes) => {
      sizes.forEach((bytes, position) => alone.keep(position, hidden, encoded(bytes)));
      const kept = sizes.map((_, position) => other.find(position, hidden)).filter((found) => found);
      expect(kept.reduce((sum, found) => sum + (found?.bytes ?? 0), 0)).toBeLessThanOrEqual(32 * 1024 * 1024);
      if (sizes.length > 0) expect(kept.length).toBeGreaterThan(0);
      // The only other one has taken it all.
      expect(sizes.filter((_, position) => other.find(position, hidden))).toEqual([]);
    }),
  );
  other.leave();
  alone.keep(99, full, encoded(1));
  expect(alone.find(99, full)).toBeUndefined();
});
