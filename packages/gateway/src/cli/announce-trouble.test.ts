import { defineDestination, delivered, piece } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { createDispatcher, MemorySpool } from "@tracecast/dispatcher";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { announceTrouble } from "./announce-trouble.ts";

const quiet = defineDestination({
  type: "quiet",
  name: "Quiet",
  config: z.object({}),
  limits: { maxPieces: 1, maxBytes: 1000, maxDelayMs: 60_000 },
  connect: () => ({
    test: async () => ({ ok: true, message: "says nothing" }),
    encode: ({ id }) => [piece("{}", id)],
    send: async () => ({ outcome: delivered }),
  }),
});

test("an operator reads what an earlier run left for nobody, and what a full spool dropped", () => {
  const spool = new MemorySpool({ maxBytes: 3000 });
  spool.append(sampleTraceEvent(), [{ destinationId: "gone", private: true }], Date.now());
  const dispatcher = createDispatcher({ destinations: [{ name: "Here", type: quiet, config: {} }], spool });
  onTestFinished(async () => void (await dispatcher.close({ timeoutMs: 0 })));
  const said: string[] = [];
  announceTrouble(dispatcher, (sentence) => said.push(sentence));
  expect(said).toEqual([
    '1 traces of an earlier run wait for "gone", which is not set up any more; add it again under this name, or they are dropped in time.',
  ]);
  dispatcher.pause("Here", "for a test");
  for (let n = 0; n < 9; n += 1) dispatcher.publish({ ...sampleTraceEvent(), id: crypto.randomUUID() });
  expect(said.slice(1)).toContain("Here: 1 of the oldest waiting traces were dropped; the spool is full.");
});
