import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { TracecastError } from "@tracecast/core";
import { encryptionKey, keyFileIn, nextEncryptionKey } from "../settings/encryption-key.ts";
import type { Environment } from "../settings/expand-variables.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { rotateKey } from "../store/key-rotation.ts";

/** Encrypts the data folder of a gateway that does not run with another key. Answers the exit code. */
export async function runRotateKey(environment: Environment): Promise<number> {
  const {
    TRACECAST_DATA_DIR: named,
    TRACECAST_ENCRYPTION_KEY: set,
    TRACECAST_NEW_ENCRYPTION_KEY: next,
  } = environment;
  const folder = resolve(named || ".tracecast");
  try {
    if (!existsSync(join(folder, "spool")))
      throw new SettingsError(
        `There is nothing encrypted in ${folder}; set TRACECAST_DATA_DIR to the data folder.`,
      );
    if (set && !next)
      throw new SettingsError(
        "The key stands in TRACECAST_ENCRYPTION_KEY; set TRACECAST_NEW_ENCRYPTION_KEY to the one that takes its place. Make one with: openssl rand -base64 32",
      );
    const keys = { from: encryptionKey(set, folder), to: nextEncryptionKey(next) };
    await rotateKey(folder, keys, set ? undefined : keyFileIn(folder));
    const whatNext = set
      ? "From now on, set TRACECAST_ENCRYPTION_KEY to it"
      : `It stands in ${keyFileIn(folder)}`;
    process.stdout.write(`Everything in ${folder} is encrypted with the new key. ${whatNext}.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SettingsError) && !(error instanceof TracecastError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}
