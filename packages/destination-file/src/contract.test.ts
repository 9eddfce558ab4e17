import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { localDestinationContract } from "@tracecast/destination-testkit";
import { describe, test } from "vitest";
import { consoleTo } from "./console.ts";
import { file } from "./file.ts";

const traces = (folder: string) => join(folder, "deep", "traces.jsonl");

localDestinationContract({
  describe,
  test,
  destination: file,
  config: (folder) => ({ path: traces(folder) }),
  written: (folder) => readFile(traces(folder), "utf8").catch(() => ""),
  spoil: (folder) => mkdirSync(traces(folder), { recursive: true }),
  hasSecrets: false,
});

for (const format of ["line", "json"]) {
  let printed = "";
  let stream = new Writable();
  localDestinationContract({
    describe: (name, body) => describe(`${name} as ${format}`, body),
    test,
    destination: consoleTo(() => stream),
    config: () => {
      printed = "";
      stream = new Writable({
        decodeStrings: false,
        write: (chunk, _, done) => {
          printed += String(chunk);
          done();
        },
      });
      return { format };
    },
    written: () => printed,
    isWhole: format === "json",
    spoil: () => stream.destroy(),
    hasSecrets: false,
  });
}
