import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttpClient, parseTraceEvent } from "@tracecast/core";
import type { TraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, onTestFinished, test } from "vitest";
import { fileOutcome } from "./file-outcome.ts";
import { file } from "./file.ts";

const signal = new AbortController().signal;

function setUp(settings: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-file-"));
  const http = createHttpClient();
  onTestFinished(async () => {
    await http.close();
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "traces.jsonl");
  const connection = file.connect({ path, ...settings }, { http });
  return {
    folder,
    path,
    test: () => connection.test(signal),
    send: (...events: TraceEvent[]) =>
      connection.send(
        events.map((event) => ({ eventId: event.id, pieces: connection.encode(event) })),
        signal,
      ),
    lines: (name = "traces.jsonl") => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1),
  };
}

const eventNamed = (name: string) => sampleTraceEvent({ trace: { traceName: name, metadata: {} } });
const namesIn = (lines: readonly string[]) =>
  lines.map((line) => parseTraceEvent(JSON.parse(line)).trace.traceName);

test("a line is the event as the model has it, whole, and only its owner may read it", async () => {
  const { path, send, lines } = setUp();
  const event = sampleTraceEvent({ user: "line\u2028ends\u009b31m" });
  expect(await send(event)).toEqual({ outcome: { status: "delivered" } });
  expect(lines().map((line) => JSON.parse(line) as unknown)).toEqual([event]);
  expect(lines()[0]).toContain(String.raw`line\u2028ends\u009b31m`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file that would grow too large is put aside, and the oldest beyond the number to keep is deleted", async () => {
  const { folder, send, lines } = setUp({ maxFileMib: 0.01, keepFiles: 2 });
  const size = Buffer.byteLength(JSON.stringify(eventNamed("0"))) + 1;
  const perFile = Math.floor((0.01 * 1024 * 1024) / size);
  const names = Array.from({ length: perFile * 4 }, (_, index) => String(index % 10));
  for (const name of names) await send(eventNamed(name));
  expect(readdirSync(folder).sort()).toEqual(["traces.1.jsonl", "traces.2.jsonl", "traces.jsonl"]);
  const kept = ["traces.2.jsonl", "traces.1.jsonl", "traces.jsonl"].flatMap((name) => namesIn(lines(name)));
  expect(kept).toEqual(names.slice(-perFile * 3));
});

test("a batch that is larger than a file may be has a file of its own", async () => {
  const { folder, send, lines } = setUp({ maxFileMib: 0.000_001, keepFiles: 5 });
  await send(eventNamed("a"), eventNamed("b"));
  await send(eventNamed("c"));
  expect(readdirSync(folder).sort()).toEqual(["traces.1.jsonl", "traces.jsonl"]);
  expect(namesIn(lines("traces.1.jsonl"))).toEqual(["a", "b"]);
});

test("half a line that a dead process left spoils none of ours", async () => {
  const { path, send, lines } = setUp();
  await send(eventNamed("before"));
  appendFileSync(path, '{"id":"half');
  await send(eventNamed("after"));
  expect(lines()[1]).toBe('{"id":"half');
  expect(namesIn([lines()[0] ?? "", ...lines().slice(2)])).toEqual(["before", "after"]);
});

test("two connections to one file take turns, through its rotation too", async () => {
  const one = setUp({ maxFileMib: 0.01, keepFiles: 1000 });
  const http = createHttpClient();
  onTestFinished(() => http.close());
  const other = file.connect({ path: one.path, maxFileMib: 0.01, keepFiles: 1000 }, { http });
  const numbers = Array.from({ length: 40 }, (_, index) => String(index));
  await Promise.all(
    numbers.map((name, index) => {
      const event = eventNamed(name);
      const batch = [{ eventId: event.id, pieces: other.encode(event) }];
      return index % 2 === 0 ? one.send(event) : other.send(batch, signal);
    }),
  );
  const all = readdirSync(one.folder).flatMap((name) => namesIn(one.lines(name)));
  expect(all.sort((one, two) => Number(one) - Number(two))).toEqual(numbers);
});

test("a place that cannot be is said by the test and pauses what waits", async () => {
  const { folder, path } = setUp();
  mkdirSync(path);
  writeFileSync(join(folder, "plain"), "");
  symlinkSync("/dev/null", join(folder, "device.jsonl"));
  const complaints = { [path]: /is there and is no file; choose another Path\.$/ };
  const others = {
    [join(folder, "plain", "traces.jsonl")]: /a file where a folder must be/,
    [join(folder, "device.jsonl")]: /is no file/,
  };
  for (const [place, complaint] of Object.entries({ ...complaints, ...others })) {
    const { test, send } = setUp({ path: place });
    expect(await test()).toEqual({ ok: false, message: expect.stringMatching(complaint) });
    expect(await send(eventNamed("a"))).toMatchObject({
      outcome: { status: "rejected", code: "misconfigured" },
    });
  }
});

test.runIf(process.platform === "linux")("a place that may not be written is a value, and said", async () => {
  const { test, send } = setUp({ path: "/sys/tracecast/traces.jsonl" });
  // Root may write everywhere, so the test cannot know; the attempt does.
  if (process.getuid?.() !== 0) expect((await test()).message).toMatch(/may not write|read-only/);
  expect(await send(eventNamed("a"))).toMatchObject({
    outcome: { status: "rejected", code: "unauthorized" },
  });
});

test.each([
  ["ENOSPC", "retry"],
  ["EDQUOT", "retry"],
  ["EIO", "retry"],
  ["EMFILE", "retry"],
  ["EACCES", "unauthorized"],
  ["EROFS", "unauthorized"],
  ["ENOTDIR", "misconfigured"],
])("%s means %s", (code, expected) => {
  const outcome = fileOutcome(Object.assign(new Error("x"), { code }), "/var/traces.jsonl");
  expect(outcome.status === "rejected" ? outcome.code : outcome.status).toBe(expected);
  expect(outcome).toMatchObject({ reason: expect.stringContaining(code) });
});

test.each(["", "traces.log", "/etc/passwd", "a/.jsonl/", "a/.jsonl"])("%j is refused as a path", (path) => {
  expect(() => file.parseConfig({ path })).toThrow(/Path \(path\) must name a file that ends in \.jsonl\./);
});
