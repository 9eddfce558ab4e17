import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, Region } from "@tracecast/core";
import type { FilterRulesSettings, RedactionSettings } from "@tracecast/dispatcher";
import { createSeal } from "@tracecast/spool-lmdb";
import type { Seal } from "@tracecast/spool-lmdb";
import { open } from "lmdb";
import type { Database } from "lmdb";
import { defaultWorkspace, defaultWorkspaceId } from "./workspace.ts";
import type { SavedWorkspace } from "./workspace.ts";

/** A destination that was made by the management API. Times are epoch milliseconds. */
export interface SavedDestination {
  /** A UUID; also the destination's id in the dispatcher. */
  readonly id: string;
  readonly workspaceId: string;
  readonly type: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly privacyMode: boolean;
  readonly samplingRate: number;
  readonly apiKeyHashes: readonly string[] | null;
  /** Absent, like its redaction, in what was saved before there was such a thing. */
  readonly excludedApiKeyHashes?: readonly string[] | null;
  readonly filterRules: FilterRulesSettings | null;
  readonly redaction?: RedactionSettings | null;
  readonly regions: readonly Region[];
  readonly generationCost: boolean;
  readonly generationIdentity: boolean;
  readonly generationRequestContext: boolean;
  /** Whole, secrets included. */
  readonly config: JsonObject;
  readonly createdMs: number;
  readonly updatedMs: number;
  /** A destination that is gone is kept, out of sight. */
  readonly deletedMs?: number;
}

/** A key that clients call models with. Of the key itself nothing is kept but its hash. Times are epoch milliseconds. */
export interface SavedKey {
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly name: string;
  /** Enough of the key to recognise it. */
  readonly label: string;
  readonly workspaceId: string;
  readonly disabled: boolean;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Where settings that are made while the gateway runs are kept. */
export interface ConfigStore {
  /** The destinations that are not gone, oldest first. */
  destinations(): readonly SavedDestination[];
  /** One that is gone. */
  deleted(id: string): SavedDestination | undefined;
  save(destination: SavedDestination): void;
  keys(): readonly SavedKey[];
  key(hash: string): SavedKey | undefined;
  saveKey(key: SavedKey): void;
  deleteKey(hash: string): void;
  /** The default one first, then the oldest. */
  workspaces(): readonly SavedWorkspace[];
  saveWorkspace(workspace: SavedWorkspace): void;
  deleteWorkspace(id: string): void;
  close(): Promise<void>;
}

/**
 * Opens the store of a data folder. Everything in it is encrypted.
 * @param key - 32 bytes
 * @throws where the folder cannot be used, or what stands there was encrypted with another key
 */
export function openConfigStore(folder: string, key: Uint8Array): ConfigStore {
  const database = open<Buffer>({ path: join(folder, "config"), encoding: "binary", maxDbs: 4 });
  const destinations = database.openDB<Buffer>("destinations", { encoding: "binary" });
  const seal = createSeal(key);
  const sealed = (value: object, place: string) => seal.seal(Buffer.from(JSON.stringify(value)), place);
  const unsealed = (record: Buffer, place: string) =>
    JSON.parse(seal.open(record, place).toString()) as object;
  const all = <T>(table: Database<Buffer>, kind: string) =>
    new Map(
      [...table.getKeys()].map((id) => {
        const record = table.getBinary(id) ?? Buffer.alloc(0);
        return [String(id), unsealed(record, `${kind} ${String(id)}`) as T];
      }),
    );
  const keyTable = database.openDB<Buffer>("keys", { encoding: "binary" });
  const known = all<SavedDestination>(destinations, "destination");
  const keys = all<SavedKey>(keyTable, "key");
  const workspaceTable = database.openDB<Buffer>("workspaces", { encoding: "binary" });
  // While there was but one workspace, its switch stood alone.
  const before = database.getBinary("workspace");
  const standard = { ...defaultWorkspace, ...(before && unsealed(before, "workspace")) };
  const workspaces = all<SavedWorkspace>(workspaceTable, "workspace");
  if (!workspaces.has(standard.id)) workspaces.set(standard.id, standard);
  // Every request asks for them.
  let inOrder = ordered(workspaces);
  return {
    destinations: () =>
      [...known.values()]
        .filter(({ deletedMs }) => deletedMs === undefined)
        .toSorted((a, b) => a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1)),
    deleted(id) {
      const found = known.get(id);
      return found?.deletedMs === undefined ? undefined : found;
    },
    save(destination) {
      destinations.putSync(destination.id, sealed(destination, `destination ${destination.id}`));
      known.set(destination.id, destination);
    },
    keys: () => [...keys.values()],
    key: (hash) => keys.get(hash),
    saveKey(key) {
      keyTable.putSync(key.hash, sealed(key, `key ${key.hash}`));
      keys.set(key.hash, key);
    },
    deleteKey(hash) {
      keyTable.removeSync(hash);
      keys.delete(hash);
    },
    workspaces: () => inOrder,
    saveWorkspace(workspace) {
      workspaceTable.putSync(workspace.id, sealed(workspace, `workspace ${workspace.id}`));
      workspaces.set(workspace.id, workspace);
      inOrder = ordered(workspaces);
    },
    deleteWorkspace(id) {
      workspaceTable.removeSync(id);
      workspaces.delete(id);
      inOrder = ordered(workspaces);
    },
    close: () => database.close(),
  };
}

/**
 * Encrypts what stands in the store of a data folder with another key, all of it at once or nothing. What the old key does not open stays as it is.
 * @param from - 32 bytes, as `to`
 */
export async function resealConfigStore(folder: string, from: Uint8Array, to: Uint8Array): Promise<void> {
  const path = join(folder, "config");
  if (!existsSync(path)) return;
  const database = open<Buffer>({ path, encoding: "binary", maxDbs: 4, overlappingSync: false });
  const table = (name: string) => database.openDB<Buffer>(name, { encoding: "binary" });
  const [before, after] = [createSeal(from), createSeal(to)];
  const reseal = (records: Database<Buffer>, id: string, place: string) => {
    const plain = opened(before, records.getBinary(id), place);
    if (plain) records.putSync(id, after.seal(plain, place));
  };
  const tables = [
    ["destination", table("destinations")],
    ["key", table("keys")],
    ["workspace", table("workspaces")],
  ] as const;
  database.transactionSync(() => {
    reseal(database, "workspace", "workspace");
    for (const [kind, records] of tables)
      for (const id of [...records.getKeys()].map(String)) reseal(records, id, `${kind} ${id}`);
  });
  await database.close();
}

function opened(seal: Seal, record: Buffer | undefined, place: string): Buffer | undefined {
  try {
    return record && seal.open(record, place);
  } catch {
    return undefined;
  }
}

function ordered(workspaces: ReadonlyMap<string, SavedWorkspace>): readonly SavedWorkspace[] {
  const rank = ({ id }: SavedWorkspace) => (id === defaultWorkspaceId ? 0 : 1);
  return [...workspaces.values()].toSorted(
    (a, b) => rank(a) - rank(b) || a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1),
  );
}
