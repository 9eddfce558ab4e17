import { resolve } from "node:path";
import { defineDestination, delivered, piece } from "@tracecast/core";
import type { Destination } from "@tracecast/core";
import { z } from "zod";
import { eventLine } from "./event-line.ts";
import { fileOutcome } from "./file-outcome.ts";
import { testPlace } from "./place-test.ts";
import { appendLines } from "./rotating-file.ts";

/**
 * The file destination: JSON Lines of trace events. A batch is one append that is on the disk when it counts as delivered; what could not be
 * written whole is taken back. An event stands there twice, under the same id, only where the process died between the two.
 */
export const file: Destination = defineDestination({
  type: "file",
  name: "File",
  docsUrl: "https://jsonlines.org/",
  config: z.object({
    path: z
      .string({ error: "is required" })
      .trim()
      // Whoever may make destinations must not thereby be able to write into just any file.
      .regex(/^[^\p{Cc}]*[^/\\\p{Cc}]\.jsonl$/u, "must name a file that ends in .jsonl")
      .meta({
        title: "Path",
        description: "A file on the gateway's machine that ends in .jsonl; its folder is made.",
      }),
    maxFileMib: z
      .number({ error: "must be a number of MiB" })
      .positive("must be above 0")
      .default(100)
      .meta({ title: "Max File MiB", description: "A file that would grow larger is put aside first." }),
    keepFiles: z
      .number({ error: "must be a whole number" })
      .multipleOf(1, "must be a whole number")
      .min(1, "must be 1 or more")
      .max(1000, "must be 1000 or less")
      .default(10)
      .meta({
        title: "Keep Files",
        description: "How many files are kept aside; the oldest beyond is deleted.",
      }),
  }),
  limits: { maxPieces: 1000, maxBytes: 8 * 1024 * 1024 },
  connect({ path, maxFileMib, keepFiles }) {
    const place = resolve(path);
    const rotation = { maxBytes: maxFileMib * 1024 * 1024, keepFiles };
    return {
      test: (signal) => testPlace(place, signal),
      encode: (event) => [piece(eventLine(event), event.id)],
      async send(batch, signal) {
        if (signal.aborted) return { outcome: { status: "retry", reason: `${place} was not waited for` } };
        const text = batch.flatMap(({ pieces }) => pieces.flatMap(({ utf8 }) => [utf8, newline]));
        try {
          await appendLines(place, Buffer.concat(text), rotation);
          return { outcome: delivered };
        } catch (error) {
          return { outcome: fileOutcome(error, place) };
        }
      },
    };
  },
});

const newline = Buffer.from("\n");
