import assert from "node:assert/strict";
import { generationView } from "@tracecast/core";
import type { Connection, GenerationBlocks, TraceEvent } from "@tracecast/core";
import { canaryEvent } from "../events/canary.ts";
import type { Marker } from "../events/canary.ts";
import { withoutContent } from "../events/without-content.ts";
import { withHost } from "./host.ts";
import type { ContractOptions, Rules } from "./options.ts";

/** What a destination may and must say of an event, with its content and without. */
export function privacyRules(options: ContractOptions): Rules {
  const { event, contentMarkers, openMarkers } = canaryEvent();
  const expected = openMarkers.filter(({ path }) => !options.omits?.includes(path));
  const kept = expected.filter((marker) => !isAskedFor(marker));
  return {
    "says nothing of the content that was taken from an event": () =>
      withHost(options, async ({ connection }) => {
        // One that has encoded the whole event before must not remember what it saw.
        textOf(connection, event, allBlocks);
        const said = textOf(connection, withoutContent(event), allBlocks);
        assert.deepEqual(
          foundIn(said, contentMarkers),
          [],
          "content was sent that the destination had not been given",
        );
        assert.ok(
          !said.includes("canary-content-"),
          "content was sent that the destination had not been given",
        );
      }),
    "keeps user, session, names, tags and metadata of an event": () =>
      withHost(options, async ({ connection }) => {
        const said = textOf(connection, event);
        assert.deepEqual(missingFrom(said, kept), [], missingAdvice);
      }),
    "keeps them of an event that has lost its content": () =>
      withHost(options, async ({ connection }) => {
        const said = textOf(connection, withoutContent(event));
        assert.deepEqual(missingFrom(said, kept), [], missingAdvice);
      }),
    "keeps the blocks of a generation that were asked for": () =>
      withHost(options, async ({ connection }) => {
        const said = textOf(connection, withoutContent(event), allBlocks);
        assert.deepEqual(missingFrom(said, expected.filter(isAskedFor)), [], missingAdvice);
      }),
  };
}

const missingAdvice =
  "open fields do not reach the destination; where it has no place for one, say so in the contract's `omits`";

const allBlocks: GenerationBlocks = { cost: true, identity: true, requestContext: true };
const noBlocks: GenerationBlocks = { cost: false, identity: false, requestContext: false };

const isAskedFor = ({ path }: Marker): boolean => path.startsWith("generation.");

/**
 * All that a destination says of an event. An event that hangs under a caller's own span leaves the making of the trace, and so
 * its name, to the caller; hence once with that span and once without.
 */
function textOf(connection: Connection, event: TraceEvent, blocks = noBlocks): string {
  const { parentSpanId: _, ...ownTrace } = event.trace;
  return [event, { ...event, trace: ownTrace }]
    .flatMap((each) => connection.encode(generationView(each, blocks)))
    .map(({ json, key }) => `${key} ${json}`)
    .join("\n");
}

function foundIn(text: string, markers: readonly Marker[]): readonly string[] {
  return markers.filter((marker) => text.includes(marker.text)).map(({ path }) => path);
}

function missingFrom(text: string, markers: readonly Marker[]): readonly string[] {
  return markers.filter((marker) => !text.includes(marker.text)).map(({ path }) => path);
}
