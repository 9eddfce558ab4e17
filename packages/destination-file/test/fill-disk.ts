// Writes to a file until there is no room, and prints what became of the last batch.
import { createHttpClient } from "@tracecast/core";
import type { Outcome } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { file } from "../src/index.ts";

const [, , path = ""] = process.argv;
const connection = file.connect({ path }, { http: createHttpClient() });
const event = sampleTraceEvent();
const encoded = { eventId: event.id, pieces: connection.encode(event) };
let outcome: Outcome = { status: "delivered" };
let batches = -1;
while (outcome.status === "delivered") {
  ({ outcome } = await connection.send(
    Array.from({ length: 7 }, () => encoded),
    new AbortController().signal,
  ));
  batches += 1;
}
process.stdout.write(JSON.stringify({ outcome, batches }));
