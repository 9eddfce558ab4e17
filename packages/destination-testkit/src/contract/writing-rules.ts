import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttpClient } from "@tracecast/core";
import type { Batch, Connection } from "@tracecast/core";
import {
  assertOutcome,
  encoded,
  fullBatch,
  numberedEvent,
  send,
  smallBatch,
  userOf,
  usersIn,
} from "./batch.ts";
import { isCarried } from "./field-rules.ts";
import type { Arriving } from "./field-rules.ts";
import { assertSentence, settled } from "./host.ts";
import type { LocalContractOptions, Rules } from "./options.ts";

/** {@link Arriving} by way of a folder. */
export function writtenOf(options: LocalContractOptions): Arriving {
  return async (event) => {
    const texts: string[] = [];
    await withPlace(options, async ({ connection, written }) => {
      await send(connection, [encoded(connection, event)]);
      texts.push(await written());
    });
    return Buffer.from(texts.join(""));
  };
}

interface Place {
  readonly folder: string;
  readonly connection: Connection;
  /** What was written since the place was lent. */
  readonly written: () => Promise<string>;
}

/** What a destination that sends nothing over a network promises about what it writes. */
export function writingRules(options: LocalContractOptions): Rules {
  const { limits } = options.destination;
  const inPlace = (use: (place: Place) => Promise<void>) => () => withPlace(options, use);
  const writes = (batchOf: (connection: Connection) => Batch) =>
    inPlace(async (place) => {
      const batch = batchOf(place.connection);
      assertOutcome(await send(place.connection, batch), batch, "delivered", `with ${batch.length} events`);
      await assertWritten(options, place, batch.length);
    });
  const large = (number: number) =>
    numberedEvent(number, { input: [{ role: "user", content: "ü".repeat(limits.maxBytes / 40) }] });
  return {
    "finds a good place good, and writes nothing into it": inPlace(async ({ connection, written }) => {
      const { ok, message } = await settled("test", () => connection.test(new AbortController().signal));
      assert.ok(ok, `a good place was found bad: ${message}`);
      assertSentence(message);
      assert.equal(await written(), "", "test wrote something");
    }),
    "says what is wrong with a bad place": inPlace(async ({ connection, folder }) => {
      await options.spoil(folder);
      const { ok, message } = await settled("test", () => connection.test(new AbortController().signal));
      assert.ok(!ok, `a bad place was found good: ${message}`);
      assertSentence(message);
    }),
    "does not begin a test when its signal has already spoken": inPlace(async ({ connection }) => {
      const { ok } = await settled("test", () => connection.test(AbortSignal.abort()));
      assert.ok(!ok, "the test passed all the same");
    }),
    "writes a batch": writes(smallBatch),
    "writes a batch of one event": writes((connection) => [encoded(connection, numberedEvent(1))]),
    "writes as many pieces at once as its limits say": writes((connection) =>
      fullBatch(connection, limits, numberedEvent),
    ),
    "writes as many bytes at once as its limits say": writes((connection) =>
      fullBatch(connection, limits, large),
    ),
    "writes twenty batches at once": inPlace((place) => writesAtOnce(options, place)),
    "writes nothing when its signal has already spoken, for retry": inPlace(
      async ({ connection, written }) => {
        const batch = smallBatch(connection);
        assertOutcome(await send(connection, batch, AbortSignal.abort()), batch, "retry", "when aborted");
        assert.equal(await written(), "", "it was written all the same");
      },
    ),
    "does not take what could not be written for delivered, and says why without quoting it": inPlace(
      async ({ connection, folder }) => {
        await options.spoil(folder);
        const result = await send(connection, smallBatch(connection));
        assert.notEqual(result.outcome.status, "delivered", "what could not be written counts as delivered");
        assert.ok(!JSON.stringify(result).includes(userOf(1)), "the reason quotes an event");
      },
    ),
  };
}

/** Lends an empty folder, and a connection that writes where it is. */
async function withPlace(options: LocalContractOptions, use: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tracecast-contract-"));
  const http = createHttpClient();
  try {
    const connection = options.destination.connect(options.config(folder), { http });
    const { length } = await options.written(folder);
    const written = async () => (await options.written(folder)).slice(length);
    await use({ folder, connection, written });
  } finally {
    await http.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writesAtOnce(options: LocalContractOptions, place: Place): Promise<void> {
  const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
  const batches = numbers.map((number) => [encoded(place.connection, numberedEvent(number))]);
  const results = await Promise.all(batches.map((batch) => send(place.connection, batch)));
  results.forEach((result, index) =>
    assertOutcome(result, batches[index] ?? [], "delivered", "with twenty batches at once"),
  );
  await assertWritten(options, place, numbers.length);
}

async function assertWritten(options: LocalContractOptions, place: Place, count: number): Promise<void> {
  const text = await place.written();
  assert.notEqual(text, "", "nothing was written");
  if (!isCarried(options.destination, "user")) return;
  const times = new Map<string, number>();
  for (const user of usersIn(text)) times.set(user, (times.get(user) ?? 0) + 1);
  const odd = Array.from({ length: count }, (_, index) => userOf(index + 1)).filter(
    (user) => times.get(user) !== 1,
  );
  assert.equal(odd.length, 0, `${odd.length} of ${count} events do not stand there once`);
}
