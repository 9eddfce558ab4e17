import type { Spool } from "@tracecast/dispatcher";
import { DiskSpool } from "./disk-spool.ts";
import { lockFolder } from "./folder-lock.ts";
import { checkKey } from "./key-check.ts";
import { RecordCodec } from "./record-codec.ts";
import { createSeal } from "./seal.ts";
import { openStore } from "./store.ts";

/** Settings of the spool on disk. */
export interface LmdbSpoolOptions {
  /** Where it lives. Made where it is missing; only one process may use it at a time. */
  readonly folder: string;
  /** How many bytes of events may wait, by an estimate of their JSON. On disk they take up to twice that. @defaultValue 2 GiB */
  readonly maxBytes?: number;
  /** How long an event may wait, in milliseconds. @defaultValue 7 days */
  readonly maxAgeMs?: number;
  /** 32 bytes. Events and dead letters are then encrypted on disk, with AES-256-GCM. */
  readonly key?: Uint8Array;
  /** Hears, in a sentence an operator can read, of damage and of writing that fails. @defaultValue writes it to stderr */
  readonly onTrouble?: (sentence: string) => void;
  /** How long to wait before writing is tried again, in milliseconds. @defaultValue 1,000 */
  readonly retryMs?: number;
}

/** A spool on disk. */
export type LmdbSpool = Spool;

const gibibyte = 1024 * 1024 * 1024;
const week = 7 * 24 * 60 * 60 * 1000;

/**
 * Opens the spool of a folder: what an earlier run accepted and did not settle is there again. What cannot be read is moved
 * aside, within the folder, and announced.
 * @throws `TracecastError` `SPOOL_IN_USE` when another process has it, `SPOOL_FAILED` when it cannot be written, `CONFIG_INVALID` when the key
 * is not the one it was encrypted with
 */
export async function openLmdbSpool(options: LmdbSpoolOptions): Promise<LmdbSpool> {
  const { folder, key, maxBytes = 2 * gibibyte, onTrouble = toStderr } = options;
  const seal = key && createSeal(key);
  const lock = lockFolder(folder);
  try {
    const store = await openStore(folder, 3 * maxBytes + gibibyte, onTrouble);
    const codec = new RecordCodec(seal);
    await checkKey({ store, codec, folder, hasKey: seal !== undefined });
    const { maxAgeMs = week, retryMs = 1000 } = options;
    return new DiskSpool({
      store,
      codec,
      maxBytes,
      maxAgeMs,
      retryMs,
      onTrouble,
      release: () => lock.release(),
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

const toStderr = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
