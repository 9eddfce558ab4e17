import type { TraceEvent } from "@tracecast/core";
import { arbitraryTraceEvent, sampleTraceEvent } from "@tracecast/destination-testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { conventions } from "./dialects/conventions.ts";
import { langfuseDialect } from "./dialects/langfuse.ts";
import { openInference } from "./dialects/openinference.ts";
import { exportJson } from "./export-request.ts";
import { shortenJson, shortenText } from "./shorten.ts";
import { encodeSpans } from "./span-piece.ts";
import { attributesOf, readJson, spansIn } from "../test/otlp-definitions.ts";

const spans = (event: TraceEvent, limits: Parameters<typeof encodeSpans>[2], dialect = conventions) => {
  const pieces = encodeSpans(event, dialect, limits);
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  const body = exportJson("[]", pieces);
  return { bytes, spans: spansIn(readJson(body)) };
};

const conversation = (turns: number, text: string) =>
  Array.from({ length: turns }, (_, turn) => ({ role: "user", content: `turn ${turn}: ${text}` }));

test("a shortened text keeps its beginning and its end, and is as long as it may be at most", () => {
  expect(shortenText("abc", 3)).toBe("abc");
  expect(shortenText("a".repeat(50) + "z".repeat(50), 31)).toBe("aaaaaaa...[truncated]...zzzzzzz");
  expect(shortenText("a".repeat(50), 18)).toBe("...[truncated]...");
  const anyText = fc.property(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.nat({ max: 100 }),
    (text, length) => {
      expect(shortenText(text.toWellFormed(), length).length).toBeLessThanOrEqual(length);
      expect(shortenText(text.toWellFormed(), length).isWellFormed()).toBe(true);
    },
  );
  fc.assert(anyText);
});

test("shortened JSON is JSON and fits", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 4, max: 300 }), (value, length) => {
      const text = shortenJson(value as never, length);
      expect(text.length).toBeLessThanOrEqual(length);
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }),
  );
});

test("a long conversation keeps its first message and its newest turns", () => {
  const event = sampleTraceEvent({ input: conversation(1000, "x".repeat(50)) });
  const { spans: all } = spans(event, { maxBytes: 10_000_000, maxTextLength: 4095 });
  const attributes = attributesOf(all.at(-1));
  const messages = JSON.parse(String(attributes["gen_ai.input.messages"])) as unknown[];
  expect(JSON.stringify(messages[0])).toContain("turn 0:");
  expect(messages[1]).toEqual({ tracecast_truncated: { omitted_items: 1000 - (messages.length - 1) } });
  expect(JSON.stringify(messages.at(-1))).toContain("turn 999:");
  expect(attributes["gen_ai.input.messages.truncated"]).toBe(true);
  expect(all.at(-1)?.events).toEqual([
    expect.objectContaining({
      name: "tracecast.trace_truncated",
      attributes: [expect.objectContaining({ key: "tracecast.truncated_attributes" })],
    }),
  ]);
  for (const value of Object.values(attributes))
    if (typeof value === "string") expect(value.length).toBeLessThanOrEqual(4095);
});

test("whatever the event, its spans fit into one request, and its figures stay", () => {
  const event = sampleTraceEvent({
    input: conversation(2000, "y".repeat(3000)),
    contentParameters: { prediction: { content: "z".repeat(2_000_000) } },
    trace: { metadata: { note: '"'.repeat(60_000) } },
  });
  for (const dialect of [conventions, langfuseDialect, openInference]) {
    const { bytes, spans: all } = spans(event, { maxBytes: 1_000_000, maxTextLength: 10_000_000 }, dialect);
    expect(bytes).toBeLessThanOrEqual(1_000_000);
    expect(attributesOf(all.at(-1))["gen_ai.usage.input_tokens"]).toBe(1200);
  }
});

test("an event that fits is not touched", () => {
  const anyEvent = fc.property(arbitraryTraceEvent(), (event) => {
    const { spans: all } = spans(event, { maxBytes: 4_000_000, maxTextLength: 10_000_000 });
    const names = all.flatMap((span) => Object.keys(attributesOf(span)));
    expect(names.filter((name) => /^gen_ai.*\.truncated$/.test(name))).toEqual([]);
  });
  fc.assert(anyEvent);
});
