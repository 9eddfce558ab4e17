import { defineDestination, delivered, jsonFragment, piece } from "@tracecast/core";
import type { Batch, Destination, Limits, SendResult, TraceEvent } from "@tracecast/core";
import { z } from "zod";

/** A destination inside the process that answers as a test says and remembers what reached it. */
export interface ScriptedDestination {
  readonly type: Destination;
  /** Every batch that was sent, by event ids. */
  readonly sent: string[][];
  /** Every event that was encoded, as it was seen. */
  readonly seen: TraceEvent[];
  answer(batch: Batch, signal: AbortSignal): SendResult | Promise<SendResult>;
}

/** Makes one. Until a test sets `answer`, everything is delivered. */
export function scriptedDestination(limits: Partial<Limits> = {}): ScriptedDestination {
  const scripted: ScriptedDestination = {
    sent: [],
    seen: [],
    answer: () => ({ outcome: delivered }),
    type: defineDestination({
      type: "scripted",
      name: "Scripted",
      config: z.object({}),
      limits: { maxPieces: 100, maxBytes: 1_000_000, ...limits },
      connect: () => ({
        test: async () => ({ ok: true, message: "It is scripted." }),
        encode: (event) => {
          scripted.seen.push(event);
          return [piece(jsonFragment({ id: event.id, input: event.input ?? null }), event.id)];
        },
        send: async (batch, signal) => {
          scripted.sent.push(batch.map(({ eventId }) => eventId));
          return await scripted.answer(batch, signal);
        },
      }),
    }),
  };
  return scripted;
}
