import assert from "node:assert/strict";
import { createHttpClient } from "@tracecast/core";
import type { Connection, Piece, TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { arbitraryTraceEvent } from "../events/arbitrary-event.ts";
import { deepFreeze } from "../events/deep-freeze.ts";
import { sampleTraceEvent } from "../events/sample-event.ts";
import { withoutContent } from "../events/without-content.ts";
import { numberedEvent } from "./batch.ts";
import { withHost } from "./host.ts";
import type { ContractOptions, Rules } from "./options.ts";
import { assertNoSecret } from "./secrets.ts";

/** What `encode` promises for every event there can be. */
export function encodeRules(options: ContractOptions): Rules {
  const forAnyEvent = (check: (connection: Connection, event: TraceEvent) => void) => () =>
    withHost(options, async ({ connection }) => {
      const anyEvent = fc.property(arbitraryTraceEvent(), (event) => check(connection, deepFreeze(event)));
      fc.assert(anyEvent, { includeErrorInReport: true });
    });
  return {
    "makes JSON of any event, and counts its bytes right": forAnyEvent((connection, event) =>
      assertWellMade(connection.encode(event)),
    ),
    "makes JSON of any event that has lost its content": forAnyEvent((connection, event) =>
      assertWellMade(connection.encode(withoutContent(event))),
    ),
    "makes the same of the same event, at any time and on any connection": async () =>
      withHost(options, ({ connection: other }) =>
        forAnyEvent((connection, event) => {
          const pieces = textsOf(connection.encode(event));
          nextMillisecond();
          assert.deepEqual(
            textsOf(connection.encode(event)),
            pieces,
            "a second encoding differs from the first",
          );
          assert.deepEqual(
            textsOf(connection.encode(structuredClone(event))),
            pieces,
            "the encoding of a copy differs",
          );
          assert.deepEqual(textsOf(other.encode(event)), pieces, "another connection encodes differently");
        })(),
      ),
    "makes the same of the same event whatever its settings are": () => assertFreeOfSettings(options),
    "remembers nothing of one event when it encodes the next": () =>
      withHost(options, async ({ connection }) => {
        const first = textsOf(connection.encode(sampleTraceEvent()));
        connection.encode(numberedEvent(1, { trace: { traceId: "workflow_12345", metadata: {} } }));
        connection.encode(numberedEvent(2, { tags: [], user: undefined }));
        assert.deepEqual(textsOf(connection.encode(sampleTraceEvent())), first);
      }),
    "makes different pieces of different events, stored apart unless they share a trace": () =>
      withHost(options, async ({ connection }) => {
        const alone = { trace: { metadata: {} }, user: "somebody" };
        const [one, two] = [1, 2].map((number) => textsOf(connection.encode(numberedEvent(number, alone))));
        assert.notDeepEqual(one, two, "nothing in the pieces comes from the event's id");
        const keys = new Set((one ?? []).map(({ key }) => key));
        const shared = (two ?? []).filter(({ key }) => key !== undefined && keys.has(key));
        assert.deepEqual(shared, [], "two events without a trace would overwrite each other");
      }),
    "puts no secret into a piece": forAnyEvent((connection, event) => {
      for (const { json } of connection.encode(event)) assertNoSecret(options, json, "a piece");
    }),
    "fits an ordinary event into one request": () =>
      withHost(options, async ({ connection }) => {
        const { maxPieces, maxBytes } = options.destination.limits;
        const pieces = connection.encode(sampleTraceEvent());
        assert.ok(pieces.length <= maxPieces, `one event makes ${pieces.length} pieces`);
        assert.ok(
          pieces.reduce((sum, { bytes }) => sum + bytes, 0) <= maxBytes,
          "one event has too many bytes",
        );
      }),
  };
}

/** Pieces as people can compare them. */
const textsOf = (pieces: readonly Piece[]) => pieces.map(({ json, key }) => ({ json, key }));

/** Destinations of one type share their pieces, so nothing in them may come from the settings of one. */
function assertFreeOfSettings(options: ContractOptions): Promise<void> {
  return withHost(options, async ({ connection, server }) => {
    const good = options.config(server.url);
    const http = createHttpClient();
    for (const [name, value] of Object.entries(good)) {
      if (typeof value !== "string") continue;
      const changed = [`${value}2`, `${value}/2`].map((other) => ({ ...good, [name]: other }));
      for (const config of changed.filter((one) => isAccepted(options, one))) {
        const other = options.destination.connect(config, { http });
        const pieces = textsOf(connection.encode(sampleTraceEvent()));
        assert.deepEqual(
          textsOf(other.encode(sampleTraceEvent())),
          pieces,
          `${name} stands in the pieces; send adds it`,
        );
      }
    }
    await http.close();
  });
}

function isAccepted({ destination }: ContractOptions, config: unknown): boolean {
  try {
    destination.parseConfig(config);
    return true;
  } catch {
    return false;
  }
}

function assertWellMade(pieces: readonly Piece[]): void {
  assert.notEqual(pieces.length, 0, "an event made no piece");
  for (const { json, bytes } of pieces) {
    assert.doesNotThrow(() => JSON.parse(json), `a piece is not JSON: ${json.slice(0, 200)}`);
    assert.equal(bytes, Buffer.byteLength(json), "a piece counts its bytes wrong; make it with piece()");
  }
  const keys = pieces.flatMap(({ key }) => (key === undefined ? [] : [key]));
  assert.equal(new Set(keys).size, keys.length, `two pieces of one event have one key: ${keys.join(", ")}`);
}

/** Waits, busily, until the clock has moved: an encoder that looks at it gives itself away. */
function nextMillisecond(): void {
  const now = Date.now();
  while (Date.now() === now) continue;
}
