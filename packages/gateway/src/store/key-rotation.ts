import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createSeal, lockFolder, openLmdbSpool, resealSpool } from "@tracecast/spool-lmdb";
import { resealConfigStore } from "./config-store.ts";
import { SettingsError } from "../settings/settings-error.ts";

const place = "key rotation";
const journalIn = (folder: string): string => join(folder, "key.rotation");

/**
 * Encrypts a data folder with another key. For as long as that takes, a file in the folder holds each of the two keys, sealed with the other: whichever of
 * them is at hand after a crash, {@link finishRotation} makes it that of the whole folder.
 * @param keyFile - where the key is kept, if it is; it then gets the new one
 * @throws `TracecastError` `SPOOL_IN_USE` while a gateway has the folder, `CONFIG_INVALID` where the old key is not its key
 */
export async function rotateKey(
  folder: string,
  keys: { readonly from: Buffer; readonly to: Buffer },
  keyFile: string | undefined,
): Promise<void> {
  await finishRotation(folder, keys.from);
  await mustBeKeyOf(folder, keys.from);
  const lock = lockFolder(folder);
  try {
    const [from, to] = [createSeal(keys.from), createSeal(keys.to)];
    const sealed = [from.seal(keys.to, place), to.seal(keys.from, place)];
    writeSafely(journalIn(folder), JSON.stringify(sealed.map((one) => one.toString("base64"))));
    await reseal(folder, keys);
    if (keyFile !== undefined) writeSafely(keyFile, `${keys.to.toString("base64")}\n`);
    rmSync(journalIn(folder));
  } finally {
    lock.release();
  }
}

/**
 * Where a rotation was cut off, makes a key that of the whole folder again.
 * @param key - the old one or the new one
 * @throws {@link SettingsError} where it is neither; `TracecastError` `SPOOL_IN_USE`
 */
export async function finishRotation(folder: string, key: Buffer): Promise<void> {
  if (!existsSync(journalIn(folder))) return;
  const lock = lockFolder(folder);
  try {
    const sealed = JSON.parse(readFileSync(journalIn(folder), "utf8")) as readonly string[];
    const other = sealed.flatMap((one) => opened(one, key) ?? [])[0];
    if (!other)
      throw new SettingsError(
        `A change of the encryption key of ${folder} was cut off; start with the old key or the new one to finish it.`,
      );
    await reseal(folder, { from: other, to: key });
    rmSync(journalIn(folder));
  } finally {
    lock.release();
  }
}

async function mustBeKeyOf(folder: string, key: Buffer): Promise<void> {
  const spool = await openLmdbSpool({ folder, key });
  await spool.close();
}

async function reseal(
  folder: string,
  { from, to }: { readonly from: Buffer; readonly to: Buffer },
): Promise<void> {
  const onTrouble = (sentence: string) => void process.stderr.write(`${sentence}\n`);
  await resealSpool({ folder, from, to, onTrouble });
  await resealConfigStore(folder, from, to);
}

function opened(sealed: string, key: Buffer): Buffer | undefined {
  try {
    return createSeal(key).open(Buffer.from(sealed, "base64"), place);
  } catch {
    return undefined;
  }
}

/** On disk whole, or not at all. */
function writeSafely(path: string, text: string): void {
  const file = openSync(`${path}.new`, "w", 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
}
