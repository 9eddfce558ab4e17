import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { Destination } from "@tracecast/core";
import { consoleTo } from "@tracecast/destination-file";
import { startFaultServer } from "@tracecast/destination-testkit";
import type { FaultAnswer } from "@tracecast/destination-testkit";
import { placedIn, placedInLines } from "./arrived.ts";
import type { Placed } from "./arrived.ts";
import { configFor, recording } from "./far-ends.ts";
import type { SentRequest } from "./far-ends.ts";

/** Settings that a test gives a destination beside what its type needs. */
export type Config = Readonly<Record<string, string>>;

/** A type of destination that sends, prints or writes where it can be read what arrived. */
export interface End {
  readonly type: Destination;
  readonly config: Config;
  arrived(): readonly Placed[];
  close(): Promise<void>;
}

/** An end for a type: a file, a stream, or a far end of its own on loopback that answers as its vendor does. */
export async function endOf(type: Destination, config: Config): Promise<End> {
  const local = localEnds[type.type];
  return local ? local(type, config) : farEndOf(type, config);
}

const localEnds: Readonly<Record<string, (type: Destination, config: Config) => End>> = {
  console: consoleEnd,
  file: fileEnd,
};

async function farEndOf(type: Destination, config: Config): Promise<End> {
  const server = await startFaultServer();
  server.answerAll(answers[type.type] ?? { body: {} });
  const sent: SentRequest[] = [];
  const http = recording(sent, server.url);
  return {
    type: { ...type, connect: (settings, host) => type.connect(settings, { ...host, http }) },
    config: { ...configFor(type), ...config },
    arrived: () => sent.flatMap(placedIn),
    async close() {
      await http.close();
      await server.close();
    },
  };
}

/** How a vendor says that it has all, where that is more than a 200. */
const answers: Readonly<Record<string, FaultAnswer>> = {
  braintrust: ({ body }) => {
    const { events } = JSON.parse(body) as { readonly events: readonly { readonly id: string }[] };
    return { body: { row_ids: events.map(({ id }) => id) } };
  },
  clickhouse: { body: "" },
  datadog: { status: 202 },
  opik: { status: 204 },
  posthog: { body: { status: "Ok" } },
  s3: { headers: { etag: '"1"' } },
  snowflake: { body: { code: "090001" } },
};

function consoleEnd(_: Destination, config: Config): End {
  let printed = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      printed += String(chunk);
      done();
    },
  });
  return {
    type: consoleTo(() => stdout),
    config: { format: "json", ...config },
    arrived: () => placedInLines(printed),
    close: async () => {},
  };
}

function fileEnd(type: Destination, config: Config): End {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-matrix-"));
  const path = join(folder, "traces.jsonl");
  return {
    type,
    config: { path, ...config },
    arrived: () => placedInLines(readFileSync(path, "utf8")),
    close: async () => rmSync(folder, { recursive: true }),
  };
}
