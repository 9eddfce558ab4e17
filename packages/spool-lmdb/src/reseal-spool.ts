import { existsSync } from "node:fs";
import { join } from "node:path";
import type { StoreKey, Write } from "./committer.ts";
import { keyCheckPlace } from "./key-check.ts";
import { letterPlace } from "./lmdb-dead-letters.ts";
import { RecordCodec } from "./record-codec.ts";
import { createSeal } from "./seal.ts";
import { eventPlace } from "./spool-record.ts";
import { openStore } from "./store.ts";
import type { StoreName } from "./store.ts";

/** A spool's folder and its two keys, 32 bytes each. */
export interface ResealOptions {
  readonly folder: string;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Hears of damage, in a sentence an operator can read. */
  readonly onTrouble: (sentence: string) => void;
}

const bytesInOneGo = 4 * 1024 * 1024;
const gibibyte = 1024 * 1024 * 1024;

// Where a record of each part is sealed for. What is aside is damaged, and stays as it is.
const places: readonly (readonly [StoreName, (key: StoreKey) => string])[] = [
  ["events", (key) => eventPlace(Number(key))],
  ["letters", (key) => letterPlace(key as readonly string[])],
  ["letterEvents", (key) => letterPlace(key as readonly string[])],
  ["meta", () => keyCheckPlace],
];

/**
 * Encrypts what waits in a spool, and its dead letters, with another key. Nobody else may have the folder. It may be ended at any moment and be done
 * again: what has the new key already stays as it is, and so does what neither opens.
 */
export async function resealSpool({ folder, from, to, onTrouble }: ResealOptions): Promise<void> {
  if (!existsSync(join(folder, "spool"))) return;
  const store = await openStore(folder, 8 * gibibyte, onTrouble);
  const [before, after] = [from, to].map((key) => new RecordCodec(createSeal(key))) as [
    RecordCodec,
    RecordCodec,
  ];
  try {
    for (const [part, placeOf] of places) {
      let writes: (Write & { readonly store: StoreName })[] = [];
      let bytes = 0;
      for (const [key, old] of store.records(part)) {
        const record = resealed(old, placeOf(key), before, after);
        if (!record) continue;
        writes.push({ store: part, key, record });
        bytes += record.length;
        if (bytes < bytesInOneGo) continue;
        await store.commit(writes);
        writes = [];
        bytes = 0;
      }
      if (writes.length > 0) await store.commit(writes);
    }
  } finally {
    await store.close();
  }
}

/** Undefined where there is nothing to do. */
function resealed(
  record: Buffer,
  place: string,
  before: RecordCodec,
  after: RecordCodec,
): Buffer | undefined {
  const head = before.head(record);
  try {
    return head && after.encode(head, before.body(record, place), place);
  } catch {
    return undefined;
  }
}
