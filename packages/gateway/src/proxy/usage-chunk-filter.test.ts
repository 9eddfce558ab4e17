import fc from "fast-check";
import { expect, test } from "vitest";
import { openRouterStream, streamed, streamedWithUsage } from "../../test/chat-fixtures.ts";
import { UsageChunkFilter } from "./usage-chunk-filter.ts";

const sse = (events: readonly unknown[], newline = "\n"): string =>
  events
    .map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}${newline}${newline}`)
    .join("");

function filtered(bytes: Buffer, cuts: readonly number[]): string {
  const filter = new UsageChunkFilter();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const passed = places.slice(1).map((end, index) => filter.push(bytes.subarray(places[index], end)));
  return Buffer.concat([...passed, filter.end()]).toString();
}

test("for any chunk boundaries and line ends the client sees what it would have seen unasked", () => {
  const cuts = fc.array(fc.nat(), { maxLength: 20 });
  fc.assert(
    fc.property(cuts, fc.constantFrom("\n", "\r\n", "\r"), (places, newline) => {
      const asked = sse([...streamedWithUsage, "[DONE]"], newline);
      expect(filtered(Buffer.from(asked), places)).toBe(sse([...streamed, "[DONE]"], newline));
    }),
  );
});

test("a provider that sends usage unasked is left alone, as are comments and events that are no JSON", () => {
  const openRouter = `: PROCESSING\n\n${sse([...openRouterStream, "[DONE]"])}`;
  const odd = `event: x\ndata: {"usage":\n\ndata: "usage"\n\nid: 7\n\n`;
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 20 }), (cuts) => {
      expect(filtered(Buffer.from(openRouter), cuts)).toBe(openRouter);
      expect(filtered(Buffer.from(odd), cuts)).toBe(odd);
    }),
  );
});

test("words about usage in what the model says stay", () => {
  const chunk = { choices: [{ index: 0, delta: { content: 'say "usage":null and {"usage":null}' } }] };
  expect(filtered(Buffer.from(sse([chunk])), [])).toBe(sse([chunk]));
  const withUsage = { choices: [{ index: 0, delta: { content: '"usage":null' } }], usage: null };
  expect(filtered(Buffer.from(sse([withUsage])), [])).toBe(sse([{ choices: withUsage.choices }]));
});

test("a complete event is never held back", () => {
  const filter = new UsageChunkFilter();
  expect(filter.push(Buffer.from(sse([streamed[0]]))).toString()).toBe(sse([streamed[0]]));
  expect(filter.push(Buffer.from("data: {")).length).toBe(0);
});

test("an event without end is passed on, not kept", () => {
  const filter = new UsageChunkFilter();
  const endless = Buffer.alloc(1_500_000, "x");
  expect(filter.push(endless).length).toBe(endless.length);
});

test.each([
  ["data spread over lines", 'data: {"choices":[],\ndata: "usage":{"total_tokens":1}}\n\n', ""],
  [
    "a null spread over lines",
    'event: x\ndata: {"a":1,\r\ndata:"usage":\r\ndata: null}\r\n\r\n',
    'event: x\ndata: {"a":1}\r\n\r\n',
  ],
  ["line ends of several kinds", 'data: {"a":1,"usage":null}\n\r\n', 'data: {"a":1}\n\r\n'],
])("%s: hidden all the same, wherever the stream is cut", (_, asked, unasked) => {
  for (let cut = 0; cut <= asked.length; cut += 1) {
    expect(filtered(Buffer.from(asked), [cut])).toBe(unasked);
  }
});

test.each([
  ["usage further in", 'data: {"choices":[],"prompt_filter_results":[{"usage":1}]}\n\n'],
  ["an error", 'data: {"choices":[],"usage":{"total_tokens":1},"error":{"message":"x"}}\n\n'],
  ["usage beside a choice", 'data: {"choices":[{"index":0}],"usage":{"total_tokens":1}}\n\n'],
])("%s is not hidden", (_, event) => {
  expect(filtered(Buffer.from(event), [])).toBe(event);
});

test("an event with a line feed split off is complete before the line feed comes", () => {
  const filter = new UsageChunkFilter();
  expect(filter.push(Buffer.from("data: 1\r\n\r")).toString()).toBe("data: 1\r\n\r");
  expect(filter.push(Buffer.from("\n")).toString()).toBe("\n");
});

test("bytes that are no UTF-8 stay as they are", () => {
  const before = Buffer.from('data: {"x":"\u00ff","usage":null}\n\n', "latin1");
  const filter = new UsageChunkFilter();
  expect(filter.push(before).equals(Buffer.from('data: {"x":"\u00ff"}\n\n', "latin1"))).toBe(true);
});
