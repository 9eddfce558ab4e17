import { createHash } from "node:crypto";
import type { TraceFields } from "@tracecast/core";
import { arbitraryTraceEvent, sampleTraceEvent } from "@tracecast/destination-testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { placementOf } from "./placement.ts";

const id = "019b7c8e-5f6c-7a31-9d24-6c1f0b8e4a57";
const bare = id.replaceAll("-", "");
const w3c = "4bf92f3577b34da6a3ce929d0e0e4736";
const parent = "00f067aa0ba902b7";
const sha = (text: string, digits: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, digits);
const placed = (trace: Partial<TraceFields>, eventId = id) =>
  placementOf(sampleTraceEvent({ id: eventId, trace: { metadata: {}, ...trace } }));

test("without trace keys there is one span, in a trace whose id is the event's", () => {
  const placement = placed({ generationName: "Summary" });
  expect(placement).toEqual({
    generation: { traceId: bare, spanId: expect.stringMatching(/^[\da-f]{16}$/) },
    shared: false,
  });
});

test("a name makes a root, and a span's name a span between", () => {
  const { root, span, generation } = placed({ traceName: "Eval", spanName: "Step" });
  expect(root?.traceId).toBe(bare);
  expect(root).not.toHaveProperty("parentSpanId");
  expect(span?.parentSpanId).toBe(root?.spanId);
  expect(generation.parentSpanId).toBe(span?.spanId);
});

test("a W3C trace id and a UUID are taken as they are; of another the hash is", () => {
  expect(placed({ traceId: w3c.toUpperCase() }).generation.traceId).toBe(w3c);
  expect(placed({ traceId: id }).generation.traceId).toBe(bare);
  expect(placed({ traceId: "workflow_12345" }).generation.traceId).toBe(sha("workflow_12345", 32));
  expect(placed({ traceId: "0".repeat(32) }).generation.traceId).toBe(sha("0".repeat(32), 32));
});

test("requests of one trace share its root and its spans, and have generations of their own", () => {
  const one = placed({ traceId: "T", spanName: "Step" });
  const other = placed({ traceId: "T", spanName: "Step" }, "019b7c8e-5f6c-7a31-9d24-000000000002");
  expect(other.root).toEqual(one.root);
  expect(other.span).toEqual(one.span);
  expect(other.generation.spanId).not.toBe(one.generation.spanId);
  expect(placed({ traceId: "T", spanName: "Next" }).span?.spanId).not.toBe(one.span?.spanId);
});

test("under a span of somebody else's there is no root of ours", () => {
  const { root, generation } = placed({ traceId: w3c, parentSpanId: parent });
  expect(root).toBeUndefined();
  expect(generation).toMatchObject({ traceId: w3c, parentSpanId: parent });
  const { span } = placed({ traceId: w3c, parentSpanId: parent, spanName: "Step" });
  expect(span?.parentSpanId).toBe(parent);
});

test("a parent that is no span id is hashed where the trace id was, and cannot be meant elsewhere", () => {
  expect(placed({ traceId: "T", parentSpanId: "P" }).generation.parentSpanId).toBe(sha("P", 16));
  const { root, generation } = placed({ traceId: w3c, parentSpanId: "P" });
  expect(generation.parentSpanId).toBe(root?.spanId);
  expect(placed({ parentSpanId: parent }).generation).not.toHaveProperty("parentSpanId");
});

test("no span of an event has the id of another one of it", () => {
  const anyEvent = fc.property(arbitraryTraceEvent(), (event) => {
    const { root, span, generation } = placementOf(event);
    const ids = [root, span, generation].flatMap((place) => place?.spanId ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(undefined);
  });
  fc.assert(anyEvent, { includeErrorInReport: true });
});
