import { execFile } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { open } from "lmdb";
import type { Database, Key, RootDatabase, RootDatabaseOptionsWithPath } from "lmdb";
import { Committer } from "./committer.ts";
import type { StoreKey, Write } from "./committer.ts";

const storeNames = ["events", "settled", "letters", "letterEvents", "meta", "aside"] as const;

/** The parts of the store. */
export type StoreName = (typeof storeNames)[number];

/** The database on disk: read here, written by a thread of its own. */
export class Store {
  readonly #env: RootDatabase<Buffer>;
  readonly #parts: ReadonlyMap<string, Database<Buffer>>;
  readonly #committer: Committer;

  constructor(options: RootDatabaseOptionsWithPath) {
    this.#env = open<Buffer>(options);
    this.#parts = new Map(
      storeNames.map((name) => [name, this.#env.openDB<Buffer>(name, { encoding: "binary" })]),
    );
    this.#committer = new Committer(options);
  }

  get(name: StoreName, key: StoreKey): Buffer | undefined {
    return this.#parts.get(name)?.getBinary(key as Key);
  }

  /** All keys and records of a part, in order. */
  *records(name: StoreName): Generator<readonly [StoreKey, Buffer]> {
    const part = this.#parts.get(name);
    for (const key of part?.getKeys() ?? []) {
      // Not getBinaryFast: its shared buffer lies about its length, and Node.js 24 no longer believes it.
      const record = part?.getBinary(key);
      // LMDB gives a name of one part back without its list.
      if (record) yield [typeof key === "string" ? [key] : (key as StoreKey), record];
    }
  }

  /** See {@link Committer.commit}. What was written can be read once it resolves. */
  async commit(writes: readonly (Write & { readonly store: StoreName })[]): Promise<void> {
    await this.#committer.commit(writes);
    this.#env.resetReadTxn();
  }

  async close(): Promise<void> {
    await this.#committer.close();
    await this.#env.close();
  }
}

/**
 * Opens the store of a folder. One that is damaged is moved aside, and a new one begun with what can still be read of it.
 * @param maxBytes - how much address space it may take, in bytes
 * @param onTrouble - hears what was moved where
 */
export async function openStore(
  folder: string,
  maxBytes: number,
  onTrouble: (sentence: string) => void,
): Promise<Store> {
  const path = join(folder, "spool");
  const damage = existsSync(join(path, "data.mdb")) ? await damageOf(path) : undefined;
  if (damage !== undefined) {
    const aside = `${path}.corrupt-${Date.now()}`;
    renameSync(path, aside);
    await runCheck(aside, path).catch(() => undefined);
    onTrouble(
      `The spool in ${folder} is damaged (${damage}). It was moved to ${aside}; what could still be read of it is sent, the rest is lost.`,
    );
  }
  return new Store({
    path,
    encoding: "binary",
    maxDbs: storeNames.length,
    mapSize: maxBytes,
    // Each commit waits for the disk; that is what the writing thread is for.
    overlappingSync: false,
  });
}

/** What is wrong with a store; undefined where nothing is. */
async function damageOf(path: string): Promise<string | undefined> {
  try {
    await runCheck(path);
    return undefined;
  } catch (error) {
    const { stderr, signal } = error as { readonly stderr?: string; readonly signal?: string };
    return signal ? "its file cannot be read" : (stderr?.split("\n")[0] ?? "for a reason unknown");
  }
}

async function runCheck(...paths: readonly string[]): Promise<void> {
  const check = fileURLToPath(new URL("./check-store.js", import.meta.url));
  await promisify(execFile)(process.execPath, [check, ...paths]);
}
