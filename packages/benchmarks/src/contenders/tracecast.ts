import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { braintrust } from "@tracecast/destination-braintrust";
import { createDispatcher, MemorySpool } from "@tracecast/dispatcher";
import type { Spool } from "@tracecast/dispatcher";
import { openLmdbSpool } from "@tracecast/spool-lmdb";
import type { Contender, ContenderFactory, ContenderOptions } from "../contender.ts";

// No contender may drop anything, so each gets room for all of it.
const maxBytes = 1024 * 1024 * 1024;

/** Tracecast with its spool in memory. */
export const tracecastMemory: ContenderFactory = async (options) =>
  contender(options, new MemorySpool({ maxBytes }));

/** Tracecast with its spool on disk. */
export const tracecastLmdb: ContenderFactory = async (options) => {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-bench-"));
  const made = contender(options, await openLmdbSpool({ folder, maxBytes }));
  return {
    ...made,
    async close() {
      await made.close();
      rmSync(folder, { recursive: true });
    },
  };
};

function contender({ destinations, sink }: ContenderOptions, spool: Spool): Contender {
  const dispatcher = createDispatcher({
    spool,
    destinations: Array.from({ length: destinations }, (_, n) => ({
      name: `d${n}`,
      type: braintrust,
      config: { apiKey: "sk-benchmark", projectId: `d${n}`, baseUrl: sink },
    })),
  });
  return {
    publish: (event) => dispatcher.publish(event),
    async flush() {
      await dispatcher.flush({ timeoutMs: 120_000 });
    },
    async close() {
      await dispatcher.close({ timeoutMs: 10_000 });
    },
  };
}
