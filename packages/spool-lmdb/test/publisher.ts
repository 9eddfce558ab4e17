// Publishes until it is killed, and says of every event when it was safe. Arguments: folder, address of the sink, how many events (0: none).
import { randomUUID } from "node:crypto";
import { defineDestination, outcomeOf, piece } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { createDispatcher } from "@tracecast/dispatcher";
import { openLmdbSpool } from "@tracecast/spool-lmdb";
import { z } from "zod";

const [folder = "", sink = "", events = "0"] = process.argv.slice(2);
const wantedHash = "a".repeat(64);
const otherHash = "b".repeat(64);

const toSink: Destination = defineDestination({
  type: "sink",
  name: "Sink",
  docsUrl: "https://example.com",
  config: z.object({ path: z.string() }),
  limits: { maxPieces: 50, maxBytes: 1_000_000, maxDelayMs: 5 },
  connect: ({ path }, { http }) => ({
    test: async () => ({ ok: true, message: "ready" }),
    encode: (event) => [piece(JSON.stringify(event))],
    async send(batch, signal) {
      const body = `[${batch.flatMap(({ pieces }) => pieces.map(({ json }) => json)).join(",")}]`;
      const request = { url: `${sink}/${path}`, method: "POST", body, signal, timeoutMs: 5000 } as const;
      return { outcome: outcomeOf(await http.request(request)) };
    },
  }),
});

const spool = await openLmdbSpool({ folder, key: Buffer.alloc(32, 1) });
const dispatcher = createDispatcher({
  spool,
  destinations: [
    { name: "all", type: toSink, config: { path: "all" } },
    { name: "one-key", type: toSink, config: { path: "one-key" }, apiKeyHashes: [wantedHash] },
    { name: "private", type: toSink, config: { path: "private" }, privacyMode: true },
  ],
});
for (let n = 0; n < Number(events); n += 1) {
  const hash = n % 2 === 0 ? wantedHash : otherHash;
  const id = randomUUID();
  dispatcher.publish(
    sampleTraceEvent({ id, apiKey: { hash }, input: [{ role: "user", content: "MARKER" }] }),
  );
  if (n % 7 !== 6) continue;
  await dispatcher.stored();
  process.stdout.write(`${id}\n`);
}
if (Number(events) === 0) {
  const report = await dispatcher.flush({ timeoutMs: 60_000 });
  process.stdout.write(JSON.stringify({ left: report.left, stats: dispatcher.stats() }));
  await dispatcher.close({ timeoutMs: 1000 });
}
