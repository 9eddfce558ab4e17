import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, statSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TraceEvent } from "@tracecast/core";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { createSeal, openLmdbSpool, resealSpool } from "@tracecast/spool-lmdb";
import { expect, onTestFinished, test, vi } from "vitest";
import { startGateway } from "../src/gateway.ts";
import { openConfigStore } from "../src/store/config-store.ts";
import type { SavedDestination } from "../src/store/config-store.ts";
import { finishRotation } from "../src/store/key-rotation.ts";

// Many processes are started.
vi.setConfig({ testTimeout: 120_000 });

const cwd = fileURLToPath(new URL("..", import.meta.url));
const args = ["--import", "tsx", "--conditions=tracecast-source", "src/cli.ts", "rotate-key"];
const environment = (folder: string, more: Record<string, string> = {}) => ({
  PATH: process.env["PATH"],
  TRACECAST_DATA_DIR: folder,
  ...more,
});

async function rotate(folder: string, more: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, { cwd, env: environment(folder, more) });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [code] = (await once(child, "close")) as [number];
  return { code, errors };
}

const keyOf = (folder: string): Buffer =>
  Buffer.from(readFileSync(join(folder, "key"), "utf8").trim(), "base64");

const destination: SavedDestination = {
  id: "00000000-0000-4000-8000-00000000000a",
  workspaceId: "00000000-0000-4000-8000-000000000001",
  type: "braintrust",
  name: "Production",
  enabled: true,
  privacyMode: false,
  samplingRate: 1,
  apiKeyHashes: null,
  filterRules: null,
  regions: ["global"],
  generationCost: false,
  generationIdentity: false,
  generationRequestContext: false,
  config: { apiKey: "secret", projectId: "p" },
  createdMs: 1,
  updatedMs: 1,
};
const apiKey = { hash: "a".repeat(64), name: "Team A", label: "a", workspaceId: "w", disabled: false };

/** A data folder with events that wait, a dead letter, a destination, a key and a switch. */
async function folderWithData(events: number, key = Buffer.alloc(32, 1)) {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-rotate-"));
  writeFileSync(join(folder, "key"), `${key.toString("base64")}\n`, { mode: 0o600 });
  const spool = await openLmdbSpool({ folder, key });
  const input = [{ role: "user", content: "MARKER ".repeat(3000) }];
  for (let n = 0; n < events; n += 1)
    spool.append(sampleTraceEvent({ input }), [{ destinationId: destination.id, private: false }], n);
  const event = sampleTraceEvent({ id: "01890000-0000-7000-8000-000000000001", input });
  spool.deadLetters.add({
    destinationId: destination.id,
    eventId: event.id,
    code: "invalid",
    reason: "MARKER",
    diedMs: 1,
    event,
  });
  await spool.close();
  const store = openConfigStore(folder, key);
  store.save(destination);
  store.saveKey({ ...apiKey, createdMs: 1, updatedMs: 1 });
  for (const one of store.workspaces()) store.saveWorkspace({ ...one, broadcastEnabled: false });
  await store.close();
  return folder;
}

/** Everything in a folder, as one finds it who starts with a key. */
async function contentOf(folder: string, key: Buffer) {
  await finishRotation(folder, key);
  const said: string[] = [];
  const spool = await openLmdbSpool({ folder, key, onTrouble: (sentence) => said.push(sentence) });
  const waiting = spool
    .read(destination.id, 0, Infinity)
    .map(({ event }) => event.input as TraceEvent["input"]);
  const letters = spool.deadLetters.list(destination.id).map(({ reason, event }) => [reason, event?.input]);
  await spool.close();
  const store = openConfigStore(folder, key);
  const [destinations, keys, workspaces] = [store.destinations(), store.keys(), store.workspaces()];
  await store.close();
  return { said, waiting, letters, destinations, keys, workspaces };
}

test("everything has the new key afterwards, and opens with the old one no more", async () => {
  const folder = await folderWithData(20);
  const old = keyOf(folder);
  const before = await contentOf(folder, old);
  expect(before.waiting).toHaveLength(20);
  expect(before.letters).toHaveLength(1);
  expect(before.workspaces.map(({ broadcastEnabled }) => broadcastEnabled)).toEqual([false]);
  expect(await rotate(folder)).toEqual({ code: 0, errors: "" });
  const key = keyOf(folder);
  expect(key).not.toEqual(old);
  expect(statSync(join(folder, "key")).mode & 0o777).toBe(0o600);
  expect(existsSync(join(folder, "key.rotation"))).toBe(false);
  expect(await contentOf(folder, key)).toEqual(before);
  await expect(openLmdbSpool({ folder, key: old })).rejects.toThrow("encrypted with another key");
  expect(() => openConfigStore(folder, old)).toThrow();
});

test("killed at any moment, it leaves a folder that opens whole with the key at hand", async () => {
  const moments = [1, 4, 9];
  let cutOff = 0;
  for (const moment of moments) {
    const folder = await folderWithData(600);
    const old = keyOf(folder);
    const child = spawn(process.execPath, args, { cwd, env: environment(folder) });
    let changes = 0;
    const watcher = watch(folder, { recursive: true }, () => {
      if (existsSync(join(folder, "key.rotation")) && ++changes === moment) child.kill("SIGKILL");
    });
    await once(child, "exit");
    watcher.close();
    if (existsSync(join(folder, "key.rotation"))) cutOff += 1;
    const found = await contentOf(folder, keyOf(folder));
    expect(found.said).toEqual([]);
    expect(found.waiting).toHaveLength(600);
    expect(JSON.stringify(found.waiting[599])).toContain("MARKER");
    expect(found.letters).toMatchObject([["MARKER", [{ role: "user" }]]]);
    expect(found.destinations).toEqual([destination]);
    expect(found.keys).toMatchObject([apiKey]);
    expect(existsSync(join(folder, "key.rotation"))).toBe(false);
    // It can be changed again.
    if (keyOf(folder).equals(old)) expect((await rotate(folder)).code).toBe(0);
  }
  expect(cutOff).toBeGreaterThan(0);
});

test("a change that was cut off is finished with the old key, with the new one, and with no other", async () => {
  const [old, next] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  for (const key of [old, next]) {
    const folder = await folderWithData(3, old);
    const sealed = [createSeal(old).seal(next, "key rotation"), createSeal(next).seal(old, "key rotation")];
    const journal = JSON.stringify(sealed.map((one) => one.toString("base64")));
    writeFileSync(join(folder, "key.rotation"), journal);
    await resealSpool({ folder, from: old, to: next, onTrouble: () => undefined });
    await expect(finishRotation(folder, Buffer.alloc(32, 3))).rejects.toThrow(
      "start with the old key or the new one",
    );
    const found = await contentOf(folder, key);
    expect(found).toMatchObject({ said: [], destinations: [destination], letters: [["MARKER", [{}]]] });
    expect(found.waiting).toHaveLength(3);
  }
});

test("it refuses while a gateway runs, without a new key for one that was set, for a wrong key, and where there is nothing", async () => {
  const folder = await folderWithData(1);
  const set = { TRACECAST_ENCRYPTION_KEY: keyOf(folder).toString("base64") };
  const next = { TRACECAST_NEW_ENCRYPTION_KEY: Buffer.alloc(32, 9).toString("hex") };
  const refused = (sentence: string) => ({ code: 1, errors: expect.stringContaining(sentence) });
  expect(await rotate(folder, set)).toEqual(refused("set TRACECAST_NEW_ENCRYPTION_KEY"));
  const wrong = { TRACECAST_ENCRYPTION_KEY: Buffer.alloc(32, 8).toString("hex"), ...next };
  expect(await rotate(folder, wrong)).toEqual(refused("was encrypted with another key"));
  expect(await rotate(mkdtempSync(join(tmpdir(), "tracecast-")))).toEqual(
    refused("There is nothing encrypted"),
  );
  const settings = { host: "127.0.0.1", port: 0, destinations: [], data: { folder } };
  const gateway = await startGateway(settings);
  let stopped: Promise<unknown> | undefined;
  const stop = () => (stopped ??= gateway.close({ answersTimeoutMs: 0, deliveryTimeoutMs: 0 }));
  onTestFinished(() => void stop());
  expect(await rotate(folder)).toEqual(refused("is in use by process"));
  await stop();
  expect(await rotate(folder, { ...set, ...next })).toEqual({ code: 0, errors: "" });
  expect((await contentOf(folder, Buffer.alloc(32, 9))).destinations).toEqual([destination]);
});
