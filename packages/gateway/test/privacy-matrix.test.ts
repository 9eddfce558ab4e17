import type { Destination } from "@tracecast/core";
import { canaryEvent } from "@tracecast/destination-testkit";
import { createDispatcher } from "@tracecast/dispatcher";
import { describe, expect, test } from "vitest";
import { destinationTypes } from "../src/destination-types.ts";
import type { Placed } from "./arrived.ts";
import { endOf } from "./end-of.ts";
import type { Config } from "./end-of.ts";
import { markedCalls } from "./marked-calls.ts";
import { privacyPlaces } from "./privacy-places.ts";
import type { Row } from "./privacy-places.ts";

const { event: canary, contentMarkers, openMarkers, figures } = canaryEvent();
// Without the caller's own span above it, so that the root of the trace is ours to write, and to leak in.
const { parentSpanId: _, ...trace } = canary.trace;
const event = { ...canary, trace };

const allBlocks = { generationCost: true, generationIdentity: true, generationRequestContext: true };
const marked = markedCalls.flatMap(({ marks }) => Object.entries(marks));
const kinds = [...new Set(contentMarkers.map(({ part }) => part))];
const openFields = [
  "model.requested",
  "model.resolved",
  "user",
  "sessionId",
  "tags",
  "trace.metadata",
  "usage.promptTokens",
  "cost.totalUsd",
];

/** What arrives at a public and at a private destination of a type when one dispatcher publishes to both. */
async function arriveAt(type: Destination, config: Config) {
  const [publicEnd, privateEnd] = [await endOf(type, config), await endOf(type, config)];
  const dispatcher = createDispatcher({
    destinations: [
      { name: "public", type: publicEnd.type, config: publicEnd.config, ...allBlocks },
      { name: "private", type: privateEnd.type, config: privateEnd.config, ...allBlocks, privacyMode: true },
    ],
  });
  const events = [event, ...markedCalls.map(({ event: called }) => called)];
  for (const each of events) dispatcher.publish(each);
  const report = await dispatcher.close({ timeoutMs: 10_000 });
  const arrived = { publicly: publicEnd.arrived(), privately: privateEnd.arrived() };
  await Promise.all([publicEnd.close(), privateEnd.close()]);
  expect(report).toEqual({ delivered: 2 * events.length, left: [] });
  return arrived;
}

/** Where what is looked for stands, each place once. */
function placesOf(arrived: readonly Placed[], isIt: (text: string) => boolean): readonly string[] {
  return sorted(arrived.filter(({ text }) => isIt(text)).map(({ place }) => place));
}

const sorted = (places: readonly string[]): readonly string[] => [...new Set(places)].sort();

function placesOfContent(arrived: readonly Placed[], kind: string): readonly string[] {
  const markers = contentMarkers.filter(({ part }) => part === kind);
  return placesOf(arrived, (text) => markers.some((marker) => text.includes(marker.text)));
}

/** Where an open field stands, but for the blocks of a generation, which repeat some of them. */
function placesOfOpen(arrived: readonly Placed[], field: string): readonly string[] {
  const markers = openMarkers.filter(({ part }) => part === field);
  const figure = figures.find(({ path }) => path === field);
  const isIt = (text: string) =>
    markers.some((marker) => text.includes(marker.text)) || figure?.texts.includes(text) === true;
  return placesOf(arrived, isIt).filter((place) => !place.includes("openrouter_generation"));
}

function rowOf({ type }: Destination): Row {
  const row = privacyPlaces[type];
  if (!row)
    throw new Error(
      `Add a row to test/privacy-places.ts that says where "${type}" shows each kind of content.`,
    );
  return row;
}

/** Where a type has to show a kind of content: nowhere only where it declares that. */
function placesToBe(type: Destination, kind: string): readonly string[] {
  const places = rowOf(type).content[kind];
  if (places) return sorted(places);
  const isLeft = Object.keys(type.notCarried).some((path) => kind === path || kind.startsWith(`${path}.`));
  if (isLeft) return [];
  throw new Error(
    `Say in test/privacy-places.ts where "${type.type}" shows ${kind}, or declare it as not carried.`,
  );
}

/** The same in another form: an encoding, a file of many traces. */
const otherForms: Readonly<Record<string, Config>> = {
  otlp: { encoding: "protobuf" },
  s3: { layout: "batch" },
};

const cases = [
  ...destinationTypes.map((type) => ({ name: type.type, type, config: {} })),
  ...destinationTypes.flatMap((type) => {
    const config = otherForms[type.type];
    return config ? [{ name: `${type.type} ${Object.values(config).join()}`, type, config }] : [];
  }),
];

describe.each(cases)("$name", ({ type, config }) => {
  let arriving: ReturnType<typeof arriveAt> | undefined;
  const arrived = () => (arriving ??= arriveAt(type, config));

  test("a public destination shows each kind of content where its vendor does, and nowhere else", async () => {
    const { publicly } = await arrived();
    const found = kinds.map((kind) => [kind, placesOfContent(publicly, kind)]);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(kinds.map((kind) => [kind, placesToBe(type, kind)])),
    );
  });

  test("a public destination shows what came by other operations and in streams where its vendor does", async () => {
    const { publicly } = await arrived();
    for (const [kind, text] of marked)
      expect([text, placesOf(publicly, (shown) => shown.includes(text))]).toEqual([
        text,
        placesToBe(type, kind),
      ]);
  });

  test("a private destination shows none of it", async () => {
    const { privately } = await arrived();
    expect(placesOf(privately, (text) => text.includes("canary-content-"))).toEqual([]);
  });

  test("a private destination is still told of model, user, session, tags, metadata, usage and cost", async () => {
    const { privately } = await arrived();
    const found = openFields.map((field) => [field, placesOfOpen(privately, field)]);
    const { open } = rowOf(type);
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(openFields.map((field) => [field, sorted(open[field] ?? [])])),
    );
  });
});

test("the line that the console prints for people shows no content at all", async () => {
  const type = destinationTypes.find((one) => one.type === "console")!;
  const { publicly, privately } = await arriveAt(type, { format: "line" });
  expect(placesOf(publicly, (text) => text.includes("canary-content-"))).toEqual([]);
  expect(publicly).toEqual(privately);
});

test("no row is left of a type or a kind of content that is no more", () => {
  expect(Object.keys(privacyPlaces).sort()).toEqual(destinationTypes.map(({ type }) => type).sort());
  const known = new Set([...kinds, ...marked.map(([kind]) => kind)]);
  for (const { content, open } of Object.values(privacyPlaces)) {
    expect(Object.keys(content).filter((kind) => !known.has(kind))).toEqual([]);
    expect(Object.keys(open).filter((field) => !openFields.includes(field))).toEqual([]);
  }
});
