import type { Writable } from "node:stream";
import { defineDestination, delivered, piece } from "@tracecast/core";
import type { Destination, Outcome, TraceEvent } from "@tracecast/core";
import { z } from "zod";
import { eventLine } from "./event-line.ts";
import { readableLine } from "./readable-line.ts";

/** The console destination: every trace on standard output, as a line for people or as JSON. */
export const consoleDestination: Destination = consoleTo(() => process.stdout);

/** The console destination over any stream. */
export function consoleTo(stream: () => Writable): Destination {
  return defineDestination({
    type: "console",
    name: "Console",
    config: z.object({
      format: z.enum(["line", "json"], { error: 'must be "line" or "json"' }).default("line").meta({
        title: "Format",
        description: "line: names and figures for people. json: the whole event, content included.",
      }),
    }),
    limits: { maxPieces: 100, maxBytes: 1024 * 1024 },
    connect({ format }) {
      const print = (json: string) =>
        format === "json" ? json : readableLine(JSON.parse(json) as TraceEvent);
      return {
        test: async (signal) =>
          signal.aborted || !stream().writable
            ? { ok: false, message: "Standard output is closed; start the gateway with one." }
            : { ok: true, message: "Traces are printed on standard output." },
        encode: (event) => [piece(eventLine(event), event.id)],
        async send(batch, signal) {
          if (signal.aborted) return { outcome: closed };
          const lines = batch.flatMap(({ pieces }) => pieces.map(({ json }) => `${print(json)}\n`));
          return { outcome: await write(stream(), lines.join("")) };
        },
      };
    },
  });
}

const closed: Outcome = { status: "retry", reason: "Standard output is closed" };

function write(stream: Writable, text: string): Promise<Outcome> {
  // A stream tells everybody of a failed write, and ends a process in which nobody listens.
  if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
  return new Promise((resolve) => {
    stream.write(text, (error) => resolve(error ? closed : delivered));
  });
}

const ignore = (): void => {};
