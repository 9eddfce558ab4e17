import assert from "node:assert/strict";
import { contentParts, fieldPaths, generationView, isJsonObject } from "@tracecast/core";
import type { Destination, GenerationBlocks, Json, TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { arbitraryTraceEvent } from "../events/arbitrary-event.ts";
import { canaryEvent } from "../events/canary.ts";
import { withField } from "../events/with-field.ts";
import { encoded, send } from "./batch.ts";
import { withHost } from "./host.ts";
import type { ContractOptions, Rules } from "./options.ts";

/** All three blocks of a generation, and none of them. */
export const allBlocks: GenerationBlocks = { cost: true, identity: true, requestContext: true };
export const noBlocks: GenerationBlocks = { cost: false, identity: false, requestContext: false };

/** Whether a field goes to those destinations only that ask for its block; it then stands among the metadata. */
export const isAskedFor = (path: string): boolean => path.startsWith("generation.");

/** Sends an event and answers with all that was put on the wire, unpacked. */
export type Arriving = (event: TraceEvent) => Promise<Buffer>;

/** {@link Arriving} by way of the contract's far end. */
export function arriving(options: ContractOptions): Arriving {
  return async (event) => {
    const sent: Buffer[] = [];
    await withHost(options, async ({ server, connection }) => {
      await send(connection, [encoded(connection, event)]);
      sent.push(...server.requests.flatMap(({ path, raw }) => [Buffer.from(path), raw]));
    });
    return Buffer.concat(sent);
  };
}

/** Whether a destination takes a field along: neither it nor what it stands in is declared as not carried. */
export function isCarried({ notCarried }: Destination, path: string): boolean {
  const places = isAskedFor(path) ? [path, "trace.metadata"] : [path];
  return !Object.keys(notCarried).some((left) =>
    places.some((place) => place === left || place.startsWith(`${left}.`)),
  );
}

/** That a destination carries every field but those it says it does not, and none of those. */
export function fieldRules(destination: Destination, arriving: Arriving): Rules {
  return {
    "carries everything that it does not declare as not carried": async () => {
      const { found, missing } = await whatArrives(arriving);
      const lost = missing.filter((path) => isCarried(destination, path));
      assert.deepEqual(
        lost,
        [],
        "fields do not reach the far end; carry them, or declare them in `notCarried`",
      );
      assert.notEqual(found.length, 0);
    },
    "carries nothing that it declares as not carried": async () => {
      const { found } = await whatArrives(arriving);
      const kept = found.filter((path) => !isCarried(destination, path));
      assert.deepEqual(kept, [], "fields that are declared as not carried reach the far end all the same");
    },
    "shows in what it sends how switches and words are set, but for those": async () => {
      const { event } = canaryEvent();
      const arrivingPlain = (one: TraceEvent) => arriving(generationView(one, noBlocks));
      const before = await arrivingPlain(event);
      for (const path of unmarkedFields()) {
        const after = await arrivingPlain(withOther(event, path));
        const carried = isCarried(destination, path);
        assert.equal(
          !after.equals(before),
          carried,
          `${path} ${carried ? "makes no" : "makes a"} difference`,
        );
      }
    },
    "declares fields of the trace event only, each once": () => {
      for (const [path, reason] of Object.entries(destination.notCarried)) {
        assert.ok(fieldPaths.has(path), `${path} is no field of the trace event`);
        assert.match(reason, /\.$/, `what is said of ${path} is not a sentence: ${reason}`);
        const [parent = ""] = path.split(/\.[^.]*$/);
        assert.ok(
          parent === path || isCarried(destination, parent),
          `${path} is part of ${parent}, which is declared`,
        );
      }
    },
  };
}

/** Which fields of the canary event are in what arrives, and of which something is missing. */
async function whatArrives(
  arriving: Arriving,
): Promise<{ readonly found: readonly string[]; readonly missing: readonly string[] }> {
  const { event, contentMarkers, openMarkers, figures } = canaryEvent();
  const traces = [
    ...[...contentMarkers, ...openMarkers].map(({ part, text }) => ({ path: part, readings: [text] })),
    ...figures.map(({ path, texts, bytes }) => ({ path, readings: [...texts, ...bytes] })),
  ];
  // The blocks repeat other fields, which must be found without them.
  const plain = await bothWays(arriving, event, noBlocks);
  const withBlocks = await bothWays(arriving, event, allBlocks);
  const there = traces.filter(({ path, readings }) => isIn(isAskedFor(path) ? withBlocks : plain, readings));
  return {
    found: distinct(there.map(({ path }) => path)),
    missing: distinct(traces.filter((trace) => !there.includes(trace)).map(({ path }) => path)),
  };
}

/**
 * An event that hangs under a caller's own span leaves the making of the trace, and so its name, to the caller; hence once with that span and once
 * without.
 */
async function bothWays(arriving: Arriving, event: TraceEvent, blocks: GenerationBlocks): Promise<Buffer> {
  const { parentSpanId: _, ...ownTrace } = event.trace;
  const events = [event, { ...event, trace: ownTrace }];
  return Buffer.concat(await Promise.all(events.map((each) => arriving(generationView(each, blocks)))));
}

const isIn = (sent: Buffer, readings: readonly (string | Buffer)[]): boolean =>
  readings.some((reading) => sent.includes(reading));

const distinct = (paths: readonly string[]): readonly string[] => [...new Set(paths)];

/** The fields that take neither a marker nor a figure of their own, such as `streamed`. */
function unmarkedFields(): readonly string[] {
  const { contentMarkers, openMarkers, figures } = canaryEvent();
  const marked = new Set([...contentMarkers, ...openMarkers].flatMap(({ path, part }) => [path, part]));
  for (const { path } of figures) marked.add(path);
  const all = [...fieldPaths];
  return all.filter(
    (path) =>
      !marked.has(path) &&
      !all.some((other) => other.startsWith(`${path}.`)) &&
      !((path.split(".")[0] ?? "") in contentParts),
  );
}

/** The event with another value in one field, as some event has it there. */
function withOther(event: TraceEvent, path: string): TraceEvent {
  const now = valueAt(event, path);
  const events = fc.sample(arbitraryTraceEvent(), { numRuns: 200, seed: 1 });
  const other = events.map((one) => valueAt(one, path)).find((value) => value !== undefined && value !== now);
  assert.ok(other !== undefined, `no generated event has another ${path}`);
  return withField(event, path.split("."), other) as TraceEvent;
}

function valueAt(event: TraceEvent, path: string): Json | undefined {
  return path
    .split(".")
    .reduce<Json | undefined>(
      (value, field) => (isJsonObject(value) ? value[field] : undefined),
      event as Json,
    );
}
