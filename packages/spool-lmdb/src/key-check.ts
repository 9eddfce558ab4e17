import { TracecastError } from "@tracecast/core";
import type { RecordCodec } from "./record-codec.ts";
import type { Store } from "./store.ts";

const key = ["key check"];
/** What the record that tells the key is sealed for. */
export const keyCheckPlace = "key check";
const text = "tracecast";

/**
 * Sees to it that a spool is opened with the key it was encrypted with. One that was not encrypted so far is from now on, if there is a
 * key; what stands in it stays readable.
 * @throws `TracecastError` `CONFIG_INVALID` for a missing or another key, `SPOOL_FAILED` when it cannot be written
 */
export async function checkKey({
  store,
  codec,
  folder,
  hasKey,
}: {
  readonly store: Store;
  readonly codec: RecordCodec;
  readonly folder: string;
  readonly hasKey: boolean;
}): Promise<void> {
  const record = store.get("meta", key);
  if (record && !hasKey)
    throw new TracecastError(
      "CONFIG_INVALID",
      `The spool in ${folder} is encrypted. Give the key it was made with.`,
    );
  if (record && !opens(codec, record)) {
    throw new TracecastError(
      "CONFIG_INVALID",
      `The spool in ${folder} was encrypted with another key. Give that one, or move the folder away and begin anew.`,
    );
  }
  if (record || !hasKey) return;
  try {
    await store.commit([{ store: "meta", key, record: codec.encode({}, text, keyCheckPlace) }]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "for a reason unknown";
    throw new TracecastError("SPOOL_FAILED", `The spool in ${folder} cannot be written: ${reason}.`);
  }
}

function opens(codec: RecordCodec, record: Buffer): boolean {
  try {
    return codec.body(record, keyCheckPlace) === text;
  } catch {
    return false;
  }
}
