import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { defineDestination, delivered, jsonFragment, piece } from "@tracecast/core";
import { sampleTraceEvent, spoolContract } from "@tracecast/destination-testkit";
import { createDispatcher } from "@tracecast/dispatcher";
import type { Spool } from "@tracecast/dispatcher";
import { open } from "lmdb";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openLmdbSpool } from "./lmdb-spool.ts";
import type { LmdbSpool, LmdbSpoolOptions } from "./lmdb-spool.ts";

const folders = new WeakMap<Spool, string>();

async function openIn(folder: string, limits: object): Promise<Spool> {
  const spool = await openLmdbSpool({ folder, ...limits });
  folders.set(spool, folder);
  return spool;
}

spoolContract({
  describe,
  test,
  name: "LMDB",
  open: (limits) => openIn(mkdtempSync(join(tmpdir(), "tracecast-")), limits),
  reopen: (closed, limits) => openIn(folders.get(closed) ?? "", limits),
});

const folder = () => mkdtempSync(join(tmpdir(), "tracecast-"));
const key = Buffer.alloc(32, 7);
const event = (text = "a secret question") =>
  sampleTraceEvent({ id: randomUUID(), input: [{ role: "user", content: text }] });
const toA = [{ destinationId: "a", private: false }];

/** A spool whose complaints can be read. */
async function complaining(options: LmdbSpoolOptions): Promise<{ spool: LmdbSpool; complaints: string[] }> {
  const complaints: string[] = [];
  const spool = await openLmdbSpool({ ...options, onTrouble: (sentence) => complaints.push(sentence) });
  return { spool, complaints };
}

function bytesIn(path: string): Buffer {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}

describe("with a key", () => {
  test("no content reaches the disk in clear, neither of events nor of dead letters, and all of it comes back", async () => {
    const path = folder();
    const first = await openLmdbSpool({ folder: path, key });
    const waiting = event("MARKER-input");
    const dead = event("MARKER-letter");
    first.append(waiting, toA, 1);
    const letter = { destinationId: "a", eventId: dead.id, code: "invalid", diedMs: 1 } as const;
    first.deadLetters.add({ ...letter, reason: "400", detail: "MARKER-detail", event: dead });
    await first.close();
    expect(bytesIn(path).includes("MARKER")).toBe(false);
    const second = await openLmdbSpool({ folder: path, key });
    expect(second.read("a", 0, 1)[0]?.event).toEqual(waiting);
    expect(second.deadLetters.list("a")[0]).toMatchObject({ detail: "MARKER-detail", event: dead });
    await second.close();
  });

  test("without one, content is there to be found: the test above can fail", async () => {
    const path = folder();
    const spool = await openLmdbSpool({ folder: path });
    spool.append(event("MARKER-input"), toA, 1);
    await spool.close();
    expect(bytesIn(path).includes("MARKER-input")).toBe(true);
  });

  test("a missing, another or a short key is refused with what to do, and nothing is lost", async () => {
    const path = folder();
    const first = await openLmdbSpool({ folder: path, key });
    first.append(event(), toA, 1);
    await first.close();
    await expect(openLmdbSpool({ folder: path })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/is encrypted/) as string,
    });
    await expect(openLmdbSpool({ folder: path, key: Buffer.alloc(32, 8) })).rejects.toThrow(/another key/);
    await expect(openLmdbSpool({ folder: path, key: Buffer.alloc(5) })).rejects.toThrow(
      /5 bytes; it must have 32/,
    );
    const second = await openLmdbSpool({ folder: path, key });
    expect(second.backlog("a").events).toBe(1);
    await second.close();
  });

  test("what was stored before there was a key can still be read", async () => {
    const path = folder();
    const first = await openLmdbSpool({ folder: path });
    const before = event();
    first.append(before, toA, 1);
    await first.close();
    const second = await openLmdbSpool({ folder: path, key });
    expect(second.read("a", 0, 1)[0]?.event).toEqual(before);
    await second.close();
  });
});

describe("damage", () => {
  const damages: Readonly<Record<string, (file: string) => void>> = {
    "cut off in the middle": (file) => truncateSync(file, 100_000),
    "nearly empty": (file) => truncateSync(file, 5000),
    "something else altogether": (file) => writeFileSync(file, "hello"),
    "overwritten at its start": (file) => overwrite(file, 0, 8192),
    "overwritten in the middle": (file) => overwrite(file, 60_000, 400_000),
  };
  for (const [name, damage] of Object.entries(damages)) {
    test(`a file that is ${name} is announced, and the spool goes on without what was lost`, async () => {
      const path = folder();
      const first = await openLmdbSpool({ folder: path });
      for (let n = 0; n < 200; n += 1) first.append(event("x".repeat(6000)), toA, 1);
      await first.close();
      damage(join(path, "spool", "data.mdb"));
      const { spool, complaints } = await complaining({ folder: path });
      expect(complaints).toMatchObject([expect.stringMatching(/is damaged .* moved to .*corrupt-/)]);
      const late = event("late");
      spool.append(late, toA, 1);
      await spool.stored();
      expect(spool.read("a", 0, Infinity).at(-1)?.event).toEqual(late);
      await spool.close();
    });
  }

  test("one damaged event is kept aside and announced; it becomes a dead letter, and its neighbours are delivered", async () => {
    const path = folder();
    const first = await openLmdbSpool({ folder: path, key });
    for (const text of ["one", "MIDDLE", "three"]) first.append(event(text), toA, Date.now());
    await first.close();
    await damageRecord(path);
    const { spool, complaints } = await complaining({ folder: path, key });
    const { destination, received } = recordingDestination();
    const dispatcher = createDispatcher({
      spool,
      destinations: [{ name: "a", type: destination, config: {} }],
    });
    await dispatcher.flush({ timeoutMs: 10_000 });
    expect(received).toEqual(["one", "three"]);

    expect(dispatcher.stats()).toMatchObject([{ published: 3, delivered: 2, dead: 1, pending: 0 }]);
    expect(dispatcher.deadLetters("a")).toMatchObject([{ eventId: "(position 2)" }]);
    expect(complaints).toMatchObject([expect.stringMatching(/cannot read a waiting event/)]);
    await dispatcher.close({ timeoutMs: 1000 });
  });
});

describe("a folder", () => {
  test("is used by one spool at a time, and is free again afterwards", async () => {
    const path = folder();
    const first = await openLmdbSpool({ folder: path });
    await expect(openLmdbSpool({ folder: path })).rejects.toMatchObject({
      code: "SPOOL_IN_USE",
      message: expect.stringContaining(path) as string,
    });
    await first.close();
    await (await openLmdbSpool({ folder: path })).close();
  });

  test("held by another process that lives is refused; one left by a process that is gone is taken over", async () => {
    const path = folder();
    const holder = { pid: process.ppid, host: hostname(), born: birthOf(process.ppid) };
    writeFileSync(join(path, "lock.json"), JSON.stringify(holder));
    await expect(openLmdbSpool({ folder: path })).rejects.toThrow(/in use by process/);
    writeFileSync(join(path, "lock.json"), JSON.stringify({ ...holder, born: "1" }));
    await (await openLmdbSpool({ folder: path })).close();
    writeFileSync(join(path, "lock.json"), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), born: "1" }));
    await (await openLmdbSpool({ folder: path })).close();
    writeFileSync(join(path, "lock.json"), "half wr");
    await (await openLmdbSpool({ folder: path })).close();
  });

  test.runIf(existsSync("/proc/self/stat"))(
    "left by a process that was killed is taken over, also while its parent has not asked for its exit code",
    async () => {
      const path = folder();
      // The shell becomes a program that asks for no exit codes.
      const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"]);
      onTestFinished(() => void parent.kill("SIGKILL"));
      const [line] = (await once(parent.stdout, "data")) as [Buffer];
      const pid = Number(line.toString());
      const state = () => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.[0];
      await expect.poll(state).toBe("Z");
      writeFileSync(join(path, "lock.json"), JSON.stringify({ pid, host: hostname(), born: birthOf(pid) }));
      await (await openLmdbSpool({ folder: path })).close();
    },
  );

  test("locked on another machine is refused while that one shows signs of life", async () => {
    const path = folder();
    const lock = join(path, "lock.json");
    writeFileSync(lock, JSON.stringify({ pid: 1, host: "elsewhere", born: "1" }));
    await expect(openLmdbSpool({ folder: path })).rejects.toThrow(/on elsewhere/);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    await (await openLmdbSpool({ folder: path })).close();
  });

  test("that cannot be made is named", async () => {
    const file = join(folder(), "file");
    writeFileSync(file, "");
    await expect(openLmdbSpool({ folder: join(file, "data") })).rejects.toMatchObject({
      code: "SPOOL_FAILED",
      message: expect.stringContaining(file) as string,
    });
  });
});

test("content does not reach the disk where only private destinations wait for it", async () => {
  const path = folder();
  const spool = await openLmdbSpool({ folder: path });
  spool.append(event("MARKER"), [...toA, { destinationId: "hidden", private: true }], 1);
  spool.settle("a", [1]);
  await spool.close();
  expect(bytesIn(path).includes("MARKER")).toBe(false);
  const second = await openLmdbSpool({ folder: path });
  expect(second.read("hidden", 0, 1)[0]?.event.usage).toEqual(event().usage);
  await second.close();
});

test("events behind the newest are read back from disk", async () => {
  const spool = await openLmdbSpool({ folder: folder() });
  const events = Array.from({ length: 60 }, (_, n) => event(`${n} ${"x".repeat(500_000)}`));
  for (const one of events) spool.append(one, toA, 1);
  await spool.stored();
  const waiting = spool.read("a", 0, Infinity).map((one) => one.event);
  expect(waiting).toEqual(events);
  expect(waiting[0]).not.toBe(events[0]);
  expect(waiting.at(-1)).toBe(events.at(-1));
  await spool.close();
});

/** Flips a byte at the end of the record of the second event. */
async function damageRecord(path: string): Promise<void> {
  const env = open<Buffer>({ path: join(path, "spool"), encoding: "binary", maxDbs: 16 });
  const events = env.openDB<Buffer, number>("events", { encoding: "binary" });
  const record = Buffer.from(events.getBinary(2)!);
  record[record.length - 1]! ^= 1;
  env.transactionSync(() => events.putSync(2, record));
  await env.close();
}

/** Keeps what it is sent: the text of each event's first message. */
function recordingDestination() {
  const received: string[] = [];
  const destination = defineDestination({
    type: "recorder",
    name: "Recorder",
    docsUrl: "https://example.com",
    config: z.object({}),
    limits: { maxPieces: 100, maxBytes: 1_000_000 },
    connect: () => ({
      test: async () => ({ ok: true, message: "ready" }),
      encode: ({ input }) => [piece(jsonFragment(input ?? null))],
      async send(batch) {
        for (const { json } of batch.flatMap(({ pieces }) => pieces))
          received.push((JSON.parse(json) as { content: string }[])[0]?.content ?? "");
        return { outcome: delivered };
      },
    }),
  });
  return { destination, received };
}

function overwrite(file: string, start: number, length: number): void {
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(length, 0xa5), 0, length, start);
  closeSync(handle);
}

function birthOf(pid: number): string {
  if (!existsSync(`/proc/${pid}/stat`)) return "";
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19] ?? "";
}
