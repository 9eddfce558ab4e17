import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TraceEvent } from "@tracecast/core";
import type { DestinationStats } from "@tracecast/dispatcher";
import { expect, test } from "vitest";

const rounds = 8;
const cwd = fileURLToPath(new URL("..", import.meta.url));
const program = fileURLToPath(new URL("publisher.ts", import.meta.url));
const args = (...rest: string[]) => ["--import", "tsx", "--conditions=tracecast-source", program, ...rest];

test("killed at random moments, again and again, what was safe arrives everywhere it was wanted and nowhere else", async () => {
  const sink = await startSink();
  const folder = mkdtempSync(join(tmpdir(), "tracecast-"));
  const safe: string[] = [];
  for (let round = 0; round < rounds; round += 1) safe.push(...(await runAndKill(folder, sink.url)));

  const { stdout } = await promisify(execFile)(process.execPath, args(folder, sink.url, "0"), { cwd });
  const { left, stats } = JSON.parse(stdout) as { left: unknown; stats: DestinationStats[] };
  await sink.close();

  expect(left).toEqual([]);
  for (const { published, delivered, dead, pending } of stats) {
    expect({ dead, pending }).toEqual({ dead: 0, pending: 0 });
    expect(delivered).toBe(published);
  }
  expect(safe.length).toBeGreaterThan(rounds);
  const [all, oneKey, hidden] = ["all", "one-key", "private"].map((name) => sink.received.get(name) ?? []);
  const hashes = new Map(all!.map(({ id, apiKey }) => [id, apiKey?.hash]));
  const ids = (events: readonly TraceEvent[] = []) => new Set(events.map(({ id }) => id));
  const missing = (events: readonly TraceEvent[] | undefined, wanted: readonly string[]) =>
    wanted.filter((id) => !ids(events).has(id));
  expect(missing(all, safe)).toEqual([]);
  expect(missing(hidden, safe)).toEqual([]);
  expect(
    missing(
      oneKey,
      safe.filter((id) => hashes.get(id)?.startsWith("a")),
    ),
  ).toEqual([]);
  expect(oneKey!.every(({ apiKey }) => apiKey?.hash.startsWith("a"))).toBe(true);
  expect(JSON.stringify(all)).toContain("MARKER");
  expect(JSON.stringify(hidden)).not.toContain("MARKER");
}, 120_000);

/** Lets the publisher run until it has said that a few events are safe, then kills it. Answers with their ids. */
async function runAndKill(folder: string, url: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, args(folder, url, "1000000"), {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const safe: string[] = [];
  const enough = 1 + Math.floor(Math.random() * 60);
  for await (const line of createInterface({ input: child.stdout })) {
    safe.push(line);
    if (safe.length === enough) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return safe;
}

/** A destination's far end: keeps what it is sent by path, and answers every fifth request with a 500. */
async function startSink() {
  const received = new Map<string, TraceEvent[]>();
  let requests = 0;
  const server = createServer((request, response) => void take(request, response));
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    requests += 1;
    if (requests % 5 === 0) {
      response.writeHead(500).end();
      return;
    }
    const name = request.url?.slice(1) ?? "";
    const events = JSON.parse(Buffer.concat(parts).toString("utf8")) as TraceEvent[];
    received.set(name, [...(received.get(name) ?? []), ...events]);
    response.end("{}");
  };
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
