import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "./settings-error.ts";

/**
 * The key that what is kept on disk is encrypted with: the one that was set, else from the file `key` in the data folder, which is made at
 * the first start and readable by its owner only.
 * @param set - 32 bytes in base64 or hex
 * @throws {@link SettingsError} where it is not 32 bytes, or cannot be read or made
 */
export function encryptionKey(set: string | undefined, dataFolder: string): Buffer {
  if (set) return parsed(set, "TRACECAST_ENCRYPTION_KEY");
  const path = keyFileIn(dataFolder);
  try {
    return parsed(readFileSync(path, "utf8"), path);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    if (!isMissing(error))
      throw new SettingsError(`The key file ${path} cannot be read: ${reasonOf(error)}.`);
  }
  return made(path, dataFolder);
}

/** Where a data folder has its key, unless one is set. */
export const keyFileIn = (dataFolder: string): string => join(dataFolder, "key");

/**
 * The key that takes the place of the one before.
 * @param set - 32 bytes in base64 or hex; absent: a new one
 * @throws {@link SettingsError} where it is not 32 bytes
 */
export const nextEncryptionKey = (set: string | undefined): Buffer =>
  set ? parsed(set, "TRACECAST_NEW_ENCRYPTION_KEY") : randomBytes(32);

function made(path: string, dataFolder: string): Buffer {
  const key = randomBytes(32);
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${key.toString("base64")}\n`, { mode: 0o600, flag: "wx" });
    return key;
  } catch (error) {
    throw new SettingsError(
      `The data folder ${dataFolder} cannot be written: ${reasonOf(error)}. Set TRACECAST_DATA_DIR to a folder that can.`,
    );
  }
}

function parsed(text: string, source: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, /^[\da-f]{64}$/i.test(trimmed) ? "hex" : "base64");
  if (key.length === 32) return key;
  throw new SettingsError(
    `${source} is not a key: it must be 32 bytes in base64 or hex. Make one with: openssl rand -base64 32`,
  );
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";
const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : "for a reason unknown";
