import { defineDestination, delivered, parseTraceEvent, piece } from "@tracecast/core";
import type { Destination, TraceEvent } from "@tracecast/core";
import { z } from "zod";

/** The traces that the gateway keeps in its own memory, and the destination type that brings them there. */
export interface LocalTraces {
  readonly type: Destination;
  /** The last traces, oldest first. */
  list(): readonly TraceEvent[];
}

/** Makes a store of the last `keep` traces. */
export function createLocalTraces(keep = 100): LocalTraces {
  const kept = new Map<string, string>();
  const type = defineDestination({
    type: "local",
    name: "Local traces",
    config: z.object({}),
    limits: { maxPieces: keep, maxBytes: 64 * 1024 * 1024, maxDelayMs: 100 },
    connect: () => ({
      test: async () => ({ ok: true, message: `Keeps the last ${keep} traces in memory.` }),
      encode: (event) => [piece(JSON.stringify(event), event.id)],
      send: async (batch) => {
        for (const { eventId, pieces } of batch) for (const { json } of pieces) kept.set(eventId, json);
        for (const id of kept.keys()) if (kept.size > keep) kept.delete(id);
        return { outcome: delivered };
      },
    }),
  });
  return { type, list: () => [...kept.values()].map((json) => parseTraceEvent(JSON.parse(json))) };
}
