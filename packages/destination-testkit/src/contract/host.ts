import assert from "node:assert/strict";
import { createHttpClient } from "@tracecast/core";
import type { Connection } from "@tracecast/core";
import type { FaultServer } from "../fault-server.ts";
import { startFaultServer } from "../fault-server.ts";
import type { ContractOptions } from "./options.ts";

/** A far end, and a connection of the tested destination to it. */
export interface Host {
  readonly server: FaultServer;
  readonly connection: Connection;
}

/** Lends a far end that answers `send` well until it is told otherwise, and takes everything down afterwards. */
export async function withHost(
  options: ContractOptions,
  use: (host: Host) => Promise<void>,
  config = options.config,
): Promise<void> {
  const http = createHttpClient();
  try {
    await withServer(async (server) => {
      server.answerAll(options.reply.send);
      await use({ server, connection: options.destination.connect(config(server.url), { http }) });
    });
  } finally {
    await http.close();
  }
}

/** Lends a {@link FaultServer}. */
export async function withServer(use: (server: FaultServer) => Promise<void>): Promise<void> {
  const server = await startFaultServer();
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

// Far more than a loopback exchange takes, and less than test runners wait: it only turns a hang into a sentence.
const patienceMs = 4000;

/** What `work` resolves to; fails, naming `what`, where it rejects or never ends. */
export async function settled<T>(what: string, work: () => Promise<T>): Promise<T> {
  const impatience = new AbortController();
  const running = work();
  const tooLate = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new assert.AssertionError({ message: `${what} never ended` })),
      patienceMs,
    );
    impatience.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    return await Promise.race([running, tooLate]);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    throw new assert.AssertionError({ message: `${what} threw ${String(error)}; it must answer by value` });
  } finally {
    impatience.abort();
  }
}

/** Fails unless a test's message is a sentence. */
export function assertSentence(message: string): void {
  assert.match(message, /^\S+ .*\.$/, `"${message}" is not a sentence of one line that ends in "."`);
}
