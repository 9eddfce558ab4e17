// Fills its disk, which is a limit on the size of its files, and says what came of it. Argument: folder.
import { randomUUID } from "node:crypto";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { openLmdbSpool } from "@tracecast/spool-lmdb";

const complaints: string[] = [];
const spool = await openLmdbSpool({
  folder: process.argv[2] ?? "",
  retryMs: 5,
  onTrouble: (sentence) => complaints.push(sentence),
});
let failure: string | undefined;
let safe = 0;
for (let n = 0; n < 2000 && failure === undefined; n += 1) {
  const input = [{ role: "user", content: `${n} ${"x".repeat(20_000)}` }];
  spool.append(sampleTraceEvent({ id: randomUUID(), input }), [{ destinationId: "a", private: false }], n);
  try {
    await spool.stored();
    safe += 1;
  } catch (error) {
    failure = error instanceof Error ? error.message : "";
  }
}
// Everything can still be read and settled: what is on disk, and what is not.
const waiting = spool.read("a", 0, Infinity).map(({ position, event }) => ({ position, id: event.id }));
const settled = spool.settle(
  "a",
  waiting.map(({ position }) => position),
);
const closed = await spool.close().then(
  () => "closed",
  (error: unknown) => (error instanceof Error ? error.message : ""),
);
process.stdout.write(JSON.stringify({ safe, waiting: waiting.length, settled, failure, complaints, closed }));
