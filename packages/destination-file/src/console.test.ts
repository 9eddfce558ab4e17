import { PassThrough, Writable } from "node:stream";
import { createHttpClient } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { canaryEvent, sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, onTestFinished, test } from "vitest";
import { consoleTo } from "./console.ts";

const signal = new AbortController().signal;

function setUp(stream: Writable, format = "line") {
  const http = createHttpClient();
  onTestFinished(() => http.close());
  const connection = consoleTo(() => stream).connect({ format }, { http });
  return (event: TraceEvent) =>
    connection.send([{ eventId: event.id, pieces: connection.encode(event) }], signal);
}

async function printed(event: TraceEvent, format?: string): Promise<string> {
  const stream = new PassThrough({ encoding: "utf8" });
  await setUp(stream, format)(event);
  return String(stream.read());
}

test("a trace is one line with its names and figures", async () => {
  expect(await printed(sampleTraceEvent())).toBe(
    "2026-01-02T03:04:05.100Z · tool_calls · openai/gpt-5-mini-2025-08-07 · Trip Planning / Packing List / Check Weather · 1200 + 240 tokens · $0.0005496 · 2380 ms · user user_12345 · session session_67890 · #production #weather · 019b7c8e-5f6c-7a31-9d24-6c1f0b8e4a57\n",
  );
});

test("a line says what went wrong, and has no content in it", async () => {
  const { event, contentMarkers } = canaryEvent();
  const line = await printed(event);
  expect(line).toContain("failed (");
  expect(contentMarkers.filter(({ text }) => line.includes(text))).toEqual([]);
});

test("as JSON it is the whole event", async () => {
  expect(JSON.parse(await printed(sampleTraceEvent(), "json"))).toEqual(sampleTraceEvent());
});

test.each(["line", "json"])("as %s nothing in an event steers the terminal", async (format) => {
  const text = await printed(sampleTraceEvent({ user: "a\u001b[31m\nb\u009b31m\u2028c" }), format);
  expect(text).not.toMatch(/[^\n\P{Cc}]|\u2028/u);
  expect(text.split("\n")).toHaveLength(2);
});

test("a pipe that nobody reads any more ends nothing: what waits is tried again", async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error("EPIPE")) });
  const send = setUp(broken);
  for (let time = 0; time < 3; time += 1)
    expect(await send(sampleTraceEvent())).toEqual({
      outcome: { status: "retry", reason: "Standard output is closed" },
    });
});
