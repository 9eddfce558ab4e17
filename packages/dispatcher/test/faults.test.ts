import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { defineDestination, outcomeOf, parseJson, piece, requestBody } from "@tracecast/core";
import type { Destination, TraceEvent } from "@tracecast/core";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createDispatcher } from "../src/dispatcher.ts";
import type { Dispatcher } from "../src/dispatcher.ts";
import { event } from "./event.ts";
import type { Mode } from "./far-end.ts";

const rows: Destination = defineDestination({
  type: "rows",
  name: "Rows",
  config: z.object({ url: z.string() }),
  limits: { maxPieces: 20, maxBytes: 1_000_000, maxDelayMs: 5 },
  connect: ({ url }, { http }) => ({
    test: async () => ({ ok: true, message: "not asked for" }),
    encode: ({ id, input }) => [piece(JSON.stringify({ id, input }), id)],
    async send(batch, signal) {
      const body = requestBody(
        "[",
        batch.flatMap(({ pieces }) => pieces),
        "]",
      );
      const result = await http.request({ url, method: "POST", body, signal, timeoutMs: 200 });
      const strange =
        result.kind === "response" && result.status === 200 && parseJson(result.body) === undefined;
      return { outcome: strange ? { status: "retry", reason: "no JSON" } : outcomeOf(result) };
    },
  }),
});

const faults: readonly Mode[] = [
  "reset",
  "reset_in_request",
  "half_answer",
  "hang",
  "slow",
  "alternate",
  "garbage",
  "busy",
  "too_large",
];

for (const fault of faults) {
  test(`a far end in the mode "${fault}": the other gets everything meanwhile, and it gets everything once it is well`, async () => {
    const farEnd = await startFarEnd();
    const dispatcher = startDispatcher(farEnd.url);
    const ids: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await farEnd.set(fault);
      const published = publishSome(dispatcher, 40);
      ids.push(...published);
      expectConservation(dispatcher);
      await untilDelivered(dispatcher, "good", ids.length);
      expectConservation(dispatcher);
      await farEnd.set("well");
      expect(await dispatcher.flush({ timeoutMs: 10_000 })).toMatchObject({ left: [] });
      expectConservation(dispatcher);
    }
    const taken = await farEnd.taken();
    expect(new Set(taken.good)).toEqual(new Set(ids));
    expect(new Set(taken.bad)).toEqual(new Set(ids));
    expect(dispatcher.stats()).toMatchObject([
      { id: "good", delivered: ids.length, pending: 0, retries: 0 },
      { id: "bad", delivered: ids.length, pending: 0, dead: 0 },
    ]);
  });
}

test("a far end that is killed and comes back, again and again, gets everything", async () => {
  let farEnd = await startFarEnd();
  const dispatcher = startDispatcher(farEnd.url);
  const ids: string[] = [];
  const taken = new Set<string>();
  for (let round = 0; round < 4; round += 1) {
    await farEnd.set("alternate");
    ids.push(...publishSome(dispatcher, 40));
    await untilDelivered(dispatcher, "good", taken.size + 1);
    for (const id of (await farEnd.taken()).bad) taken.add(id);
    await farEnd.kill();
    ids.push(...publishSome(dispatcher, 10));
    expectConservation(dispatcher);
    farEnd = await startFarEnd(farEnd.port);
    expect(await dispatcher.flush({ timeoutMs: 10_000 })).toMatchObject({ left: [] });
    expectConservation(dispatcher);
    for (const id of (await farEnd.taken()).bad) taken.add(id);
  }
  for (const { delivered, dead, published } of dispatcher.stats()) {
    expect({ delivered, dead }).toEqual({ delivered: ids.length, dead: 0 });
    expect(published).toBe(ids.length);
  }
}, 30_000);

function startDispatcher(url: string): Dispatcher {
  const dispatcher = createDispatcher({
    destinations: ["good", "bad"].map((name) => ({ name, type: rows, config: { url: `${url}/${name}` } })),
    random: () => 0,
  });
  onTestFinished(async () => void (await dispatcher.close({ timeoutMs: 0 })));
  return dispatcher;
}

function publishSome(dispatcher: Dispatcher, count: number): readonly string[] {
  const events: readonly TraceEvent[] = Array.from({ length: count }, () => event());
  for (const each of events) dispatcher.publish(each);
  return events.map(({ id }) => id);
}

function untilDelivered(dispatcher: Dispatcher, id: string, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const stats = dispatcher.stats().find((one) => one.id === id);
      if ((stats?.delivered ?? 0) < count) return;
      dispatcher.events.off("delivered", look);
      resolve();
    };
    dispatcher.events.on("delivered", look);
    look();
  });
}

function expectConservation(dispatcher: Dispatcher): void {
  for (const { published, filtered, sampledOut, delivered, dead, dropped, pending } of dispatcher.stats()) {
    const sum = (parts: object) =>
      Object.values(parts).reduce((total: number, part: number) => total + part, 0);
    expect(sum(filtered) + sampledOut + delivered + dead + sum(dropped) + pending).toBe(published);
  }
}

interface FarEnd {
  readonly url: string;
  readonly port: number;
  set(mode: Mode): Promise<void>;
  taken(): Promise<{ readonly good: readonly string[]; readonly bad: readonly string[] }>;
  kill(): Promise<void>;
}

async function startFarEnd(wanted = 0): Promise<FarEnd> {
  const program = fileURLToPath(new URL("far-end.ts", import.meta.url));
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", program, String(wanted)], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (!child.stdout) throw new Error("The far end says nothing.");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const url = `http://127.0.0.1:${line}`;
  return {
    url,
    port: Number(line),
    set: async (mode) => void (await fetch(`${url}/mode`, { method: "PUT", body: mode })),
    taken: async () => (await (await fetch(`${url}/taken`)).json()) as { good: string[]; bad: string[] },
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
