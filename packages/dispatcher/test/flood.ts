// A program that publishes without end in sight: 200,000 events of 6 KB, 1.2 GB in all, to one destination that refuses connections and one that takes
// everything. Says at the end what became of them.
import { defineDestination, delivered, outcomeOf, piece } from "@tracecast/core";
import type { Connection, Destination, HttpClient } from "@tracecast/core";
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { createDispatcher } from "../src/dispatcher.ts";
import { event } from "./event.ts";

const typeOf = (type: string, send: (http: HttpClient) => Connection["send"]): Destination =>
  defineDestination({
    type,
    name: type,
    config: z.object({}),
    limits: { maxPieces: 100, maxBytes: 2_000_000, maxDelayMs: 10 },
    connect: (_, { http }) => ({
      test: async () => ({ ok: true, message: "not asked for" }),
      encode: ({ id, input }) => [piece(JSON.stringify({ id, input }), id)],
      send: send(http),
    }),
  });

const dead = typeOf("dead", (http) => async (_, signal) => ({
  // Nobody listens at port 9.
  outcome: outcomeOf(await http.request({ url: "http://127.0.0.1:9/", signal })),
}));
const alive = typeOf("alive", () => async () => ({ outcome: delivered }));

const dispatcher = createDispatcher({
  destinations: [dead, alive].map((type) => ({ name: type.type, type, config: {} })),
});
const total = Number(process.argv[2]);
for (let n = 0; n < total; n += 1) {
  dispatcher.publish(event({ input: [{ role: "user", content: `${n} ${"x".repeat(5700)}` }] }));
  if (n % 50 === 49) await nextTurn();
  if (n % 1000 === 999) await untilTaken(n - 4000);
}
await untilTaken(total);
const peakBytes = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ stats: dispatcher.stats(), peakBytes }));
await dispatcher.close({ timeoutMs: 0 });

/** Lets the living destination keep up, as a far end at some distance would. */
async function untilTaken(count: number): Promise<void> {
  while ((dispatcher.stats()[1]?.delivered ?? 0) < count) await nextTurn();
}
