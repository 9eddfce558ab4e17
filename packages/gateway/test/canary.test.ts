import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import type { Destination } from "@tracecast/core";
import { canaryEvent, startFaultServer } from "@tracecast/destination-testkit";
import { consoleTo } from "@tracecast/destination-file";
import { createDispatcher } from "@tracecast/dispatcher";
import type { DestinationSettings, Dispatcher, DispatcherEvents } from "@tracecast/dispatcher";
import { openLmdbSpool } from "@tracecast/spool-lmdb";
import { expect, onTestFinished, test } from "vitest";
import { destinationTypes } from "../src/destination-types.ts";
import { createLocalTraces } from "../src/local/local-traces.ts";
import { createMetrics } from "../src/metrics/metrics.ts";
import { configFor, recording, secret } from "./far-ends.ts";
import type { SentRequest } from "./far-ends.ts";

// What these write stays on this machine: no request leaves that could be looked at.
const isLocal = ({ type }: Destination): boolean => type === "file" || type === "console";
const remoteTypes = destinationTypes.filter((type) => !isLocal(type));

const { event, contentMarkers, openMarkers } = canaryEvent();
const key = Buffer.alloc(32, 7);
const allBlocks = { generationCost: true, generationIdentity: true, generationRequestContext: true };
/** What only a destination that asked for the blocks of a generation gets. */
const isAskedFor = ({ path }: { readonly path: string }) => path.startsWith("generation.");

/** A dispatcher with one destination of every type that sends, whose requests all end at one far end, and everything that can be seen of it. */
async function setUp(policy: Partial<DestinationSettings>, options: { readonly encrypted: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-canary-"));
  const farEnd = await startFaultServer();
  const sent: SentRequest[] = [];
  const spool = await openLmdbSpool({ folder, ...(options.encrypted && { key }) });
  const dispatcher = createDispatcher({
    spool,
    http: recording(sent, farEnd.url),
    random: () => 0,
    destinations: remoteTypes.map((type) => ({
      name: type.type,
      type,
      config: configFor(type),
      ...policy,
    })),
  });
  const metrics = createMetrics(dispatcher);
  const told = hearing(dispatcher);
  onTestFinished(async () => {
    await dispatcher.close({ timeoutMs: 0 });
    await farEnd.close();
  });
  const wire = () => sent.map(({ body }) => body.toString());
  return { farEnd, wire, dispatcher, metrics, told, filesIn: () => filesIn(folder) };
}

/** Everything the dispatcher announces, as text. */
function hearing(dispatcher: Dispatcher): string[] {
  const told: string[] = [];
  const names: readonly (keyof DispatcherEvents)[] = [
    "admitted",
    "refused",
    "delivered",
    "retried",
    "rejected",
    "dropped",
    "paused",
    "resumed",
    "drained",
  ];
  for (const name of names)
    dispatcher.events.on(name, (said: unknown) => void told.push(JSON.stringify(said)));
  return told;
}

function filesIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("\n");
}

const found = (text: string, markers: readonly { readonly text: string }[]): readonly string[] =>
  markers.filter((marker) => text.includes(marker.text)).map(({ text: planted }) => planted);

/** What an operator, a log or a scraper can see: announcements, figures, explanations. */
async function visible({ dispatcher, metrics, told }: Awaited<ReturnType<typeof setUp>>): Promise<string> {
  const views = [dispatcher.stats(), dispatcher.explain(event.id), dispatcher];
  return [...told, await metrics.render(), ...views.map((view) => inspect(view, { depth: 4 }))].join("\n");
}

test("in privacy mode no content is on the wire, on disk or in a dead letter of any type; everything open still goes", async () => {
  const rig = await setUp({ privacyMode: true, ...allBlocks }, { encrypted: false });
  const { dispatcher, farEnd, wire } = rig;
  for (const { type } of remoteTypes) dispatcher.pause(type);
  dispatcher.publish(event);
  await dispatcher.stored();
  expect(found(rig.filesIn(), contentMarkers)).toEqual([]);
  expect(found(rig.filesIn(), openMarkers)).not.toEqual([]);

  farEnd.answerAll({ status: 400, body: "bad" });
  for (const { type } of remoteTypes) dispatcher.resume(type);
  await dispatcher.flush({ timeoutMs: 10_000 });
  await dispatcher.stored();
  for (const { type } of remoteTypes) {
    expect(dispatcher.deadLetters(type)).toMatchObject([{ eventId: event.id, code: "invalid" }]);
    expect(found(JSON.stringify(dispatcher.deadLetters(type)), contentMarkers)).toEqual([]);
  }
  expect(wire().length).toBeGreaterThanOrEqual(remoteTypes.length);
  for (const body of wire()) {
    expect(found(body, contentMarkers)).toEqual([]);
    expect(body).not.toContain("canary-content-");
  }
  expect(found(rig.filesIn(), contentMarkers)).toEqual([]);
  expect(found(await visible(rig), contentMarkers)).toEqual([]);
});

test("with a key neither content nor anything open is on disk in clear, and no secret or content can be seen anywhere", async () => {
  const rig = await setUp(allBlocks, { encrypted: true });
  const { dispatcher, farEnd, wire } = rig;
  farEnd.answerAll(({ headers, body }) => ({ status: 400, body: { quoted: headers, body } }));
  dispatcher.publish(event);
  await dispatcher.flush({ timeoutMs: 10_000 });
  await dispatcher.stored();
  expect(found(wire().join("\n"), contentMarkers)).toHaveLength(contentMarkers.length);
  expect(found(rig.filesIn(), [...contentMarkers, { text: secret }])).toEqual([]);
  for (const { type } of remoteTypes) {
    // It may quote what was sent, for it is the place to look at what was refused; never a key.
    expect(JSON.stringify(dispatcher.deadLetters(type))).not.toContain(secret);
  }
  expect(found(await visible(rig), [...contentMarkers, { text: secret }])).toEqual([]);
});

test("what redaction takes out of an event is on no wire and in no dead letter of any type", async () => {
  // Paths lead to values; the names of fields stay.
  const values = contentMarkers.filter(({ text }) => !text.includes("unknown-parameter"));
  const paths = ["input", "output", "contentParameters.*", "error.message", "generation.cost.upstreamUsage"];
  const rig = await setUp({ redaction: { paths }, ...allBlocks }, { encrypted: true });
  const { dispatcher, farEnd, wire } = rig;
  farEnd.answerAll({ status: 400, body: "bad" });
  dispatcher.publish(event);
  await dispatcher.flush({ timeoutMs: 10_000 });
  expect(found(wire().join("\n"), values)).toEqual([]);
  for (const { type } of remoteTypes) {
    expect(found(JSON.stringify(dispatcher.deadLetters(type)), values)).toEqual([]);
  }
});

test("the blocks of a generation go to who asked for them, and are not kept where nobody did", async () => {
  const details = [...openMarkers, ...contentMarkers].filter(isAskedFor);
  expect(details.length).toBeGreaterThan(5);
  for (const [policy, expected] of [
    [{}, []],
    [allBlocks, details.map(({ text }) => text)],
  ] as const) {
    const { dispatcher, farEnd, wire, filesIn: filesOf } = await setUp(policy, { encrypted: false });
    farEnd.answerAll({ status: 400, body: "bad" });
    for (const { type } of destinationTypes) dispatcher.pause(type);
    dispatcher.publish(event);
    await dispatcher.stored();
    expect(found(filesOf(), details)).toEqual(expected);
    for (const { type } of destinationTypes) dispatcher.resume(type);
    await dispatcher.flush({ timeoutMs: 10_000 });
    expect(found(wire().join("\n"), details)).toEqual(expected);
  }
});

test("the gateway's own traces hold what was sent, and no private view of another destination", async () => {
  const local = createLocalTraces();
  const dispatcher = createDispatcher({
    destinations: [{ name: "local", type: local.type, config: {}, privacyMode: true }],
  });
  dispatcher.publish(event);
  await dispatcher.close({ timeoutMs: 5000 });
  expect(local.list()).toHaveLength(1);
  expect(found(JSON.stringify(local.list()), contentMarkers)).toEqual([]);
});

test("in privacy mode no content is in a file or on the console; everything open still is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-canary-"));
  const path = join(folder, "traces.jsonl");
  let printed = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      printed += String(chunk);
      done();
    },
  });
  const types = [consoleTo(() => stdout), ...destinationTypes.filter(({ type }) => type === "file")];
  const dispatcher = createDispatcher({
    destinations: types.map((type) => ({
      name: type.type,
      type,
      config: type.type === "file" ? { path } : { format: "json" },
      privacyMode: true,
      ...allBlocks,
    })),
  });
  dispatcher.publish(event);
  expect(await dispatcher.close({ timeoutMs: 5000 })).toEqual({ delivered: 2, left: [] });
  for (const text of [printed, filesIn(folder)]) {
    expect(found(text, contentMarkers)).toEqual([]);
    expect(found(text, openMarkers)).toHaveLength(openMarkers.length);
  }
});
