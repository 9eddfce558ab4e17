import assert from "node:assert/strict";
import { generationView } from "@tracecast/core";
import type { Connection, GenerationBlocks, TraceEvent } from "@tracecast/core";
import { canaryEvent } from "../events/canary.ts";
import { withoutContent } from "../events/without-content.ts";
import { allBlocks, isAskedFor, isCarried, noBlocks } from "./field-rules.ts";
import { withHost } from "./host.ts";
import type { ContractOptions, Rules } from "./options.ts";

/** What a destination may and must say of an event that has lost its content. */
export function privacyRules(options: ContractOptions): Rules {
  const { event, contentMarkers, openMarkers, figures } = canaryEvent();
  const open = [
    ...openMarkers.map(({ part, text }) => ({ path: part, texts: [text] })),
    ...figures.map(({ path, texts }) => ({ path, texts })),
  ].filter(({ path }) => isCarried(options.destination, path));
  const keeps = (blocks: GenerationBlocks, fields: typeof open) => () =>
    withHost(options, async ({ connection }) => {
      const said = textOf(connection, withoutContent(event), blocks);
      const lost = fields.filter(({ texts }) => !texts.some((text) => said.includes(text)));
      assert.deepEqual(
        lost.map(({ path }) => path),
        [],
        "open fields do not reach the destination",
      );
    });
  return {
    "says nothing of the content that was taken from an event": () =>
      withHost(options, async ({ connection }) => {
        // One that has encoded the whole event before must not remember what it saw.
        textOf(connection, event, allBlocks);
        const said = textOf(connection, withoutContent(event), allBlocks);
        const found = contentMarkers.filter(({ text }) => said.includes(text)).map(({ path }) => path);
        assert.deepEqual(found, [], "content was sent that the destination had not been given");
        assert.ok(
          !said.includes("canary-content-"),
          "content was sent that the destination had not been given",
        );
      }),
    "keeps user, session, names, tags, metadata and figures of an event that has lost its content": keeps(
      noBlocks,
      open.filter(({ path }) => !isAskedFor(path)),
    ),
    "keeps the blocks of a generation that were asked for": keeps(
      allBlocks,
      open.filter(({ path }) => isAskedFor(path)),
    ),
  };
}

/**
 * All that a destination says of an event. An event that hangs under a caller's own span leaves the making of the trace, and so
 * its name, to the caller; hence once with that span and once without.
 */
function textOf(connection: Connection, event: TraceEvent, blocks: GenerationBlocks): string {
  const { parentSpanId: _, ...ownTrace } = event.trace;
  return [event, { ...event, trace: ownTrace }]
    .flatMap((each) => connection.encode(generationView(each, blocks)))
    .map(({ json, key }) => `${key} ${json}`)
    .join("\n");
}
