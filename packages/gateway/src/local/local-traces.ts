import { defineDestination, delivered, eventJson } from "@tracecast/core";
import type { Destination, Piece, TraceEvent } from "@tracecast/core";
import { estimateBytes } from "@tracecast/dispatcher";
import { z } from "zod";

/** The traces that the gateway keeps in its own memory, and the destination type that brings them there. */
export interface LocalTraces {
  readonly type: Destination;
  /** How many are kept at most. */
  readonly keep: number;
  /** The last traces, oldest first. */
  list(): readonly TraceEvent[];
  /** One of them. */
  get(eventId: string): TraceEvent | undefined;
}

const maxKeptBytes = 64 * 1024 * 1024;

/** Makes a store of the last `keep` traces, or of fewer where they are large. */
export function createLocalTraces(keep = 100): LocalTraces {
  const kept = new Map<string, KeptTrace>();
  let bytes = 0;
  const put = (eventId: string, trace: KeptTrace) => {
    bytes += trace.bytes - (kept.get(eventId)?.bytes ?? 0);
    kept.set(eventId, trace);
    for (const [oldest, { bytes: fewer }] of kept) {
      if (kept.size <= keep && bytes <= maxKeptBytes) break;
      kept.delete(oldest);
      bytes -= fewer;
    }
  };
  const type = defineDestination({
    type: "local",
    name: "Local traces",
    config: z.object({}),
    limits: { maxPieces: keep, maxBytes: maxKeptBytes, maxDelayMs: 100 },
    connect: () => ({
      test: async () => ({ ok: true, message: `Keeps the last ${keep} traces in memory.` }),
      encode: (event) => [new KeptTrace(event)],
      send: async (batch) => {
        for (const { eventId, pieces } of batch)
          for (const piece of pieces) if (piece instanceof KeptTrace) put(eventId, piece);
        return { outcome: delivered };
      },
    }),
  });
  return {
    type,
    keep,
    list: () => [...kept.values()].map(({ event }) => event),
    get: (eventId) => kept.get(eventId)?.event,
  };
}

/** An event that stays in this process, and so is made into JSON only where somebody asks. */
class KeptTrace implements Piece {
  readonly event: TraceEvent;
  readonly key: string;
  readonly bytes: number;

  constructor(event: TraceEvent) {
    this.event = event;
    this.key = event.id;
    this.bytes = estimateBytes(event);
  }

  get json(): string {
    return eventJson(this.event);
  }

  get utf8(): Buffer {
    return Buffer.from(this.json);
  }
}
