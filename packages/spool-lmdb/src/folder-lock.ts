import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isJsonObject, parseJson, TracecastError } from "@tracecast/core";

/** Holds a folder for this process alone. */
export interface FolderLock {
  /** Lets others have the folder. */
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as the system counts it, so that another process with the same number is not taken for it. */
  readonly born: string;
}

const beatMs = 5000;
const silentMs = 20_000;
const held = new Set<string>();

/**
 * Takes a folder, making it where it is missing. What a killed process left is taken over: at once on the same machine; after 20 seconds of
 * silence where the lock names another, as it does behind a container that was replaced.
 * @throws `TracecastError` `SPOOL_IN_USE` when somebody else has it, `SPOOL_FAILED` when it cannot be written
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, "lock.json");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    take(path, folder);
  } catch (error) {
    if (error instanceof TracecastError) throw error;
    const reason = error instanceof Error ? error.message : "for a reason unknown";
    throw new TracecastError("SPOOL_FAILED", `The data folder ${folder} cannot be written: ${reason}.`);
  }
  held.add(path);
  const beat = setInterval(() => touch(path), beatMs);
  beat.unref();
  return {
    release() {
      clearInterval(beat);
      held.delete(path);
      rmSync(path, { force: true });
    },
  };
}

function take(path: string, folder: string): void {
  const self: Holder = { pid: process.pid, host: hostname(), born: birthOf(process.pid) };
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      return writeFileSync(path, JSON.stringify(self), { flag: "wx", mode: 0o600 });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = readHolder(path);
    if (holder && isAlive(holder, path, self)) throw inUse(folder, holder);
    rmSync(path, { force: true });
  }
  throw inUse(folder, readHolder(path));
}

function inUse(folder: string, holder: Holder | undefined): TracecastError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  return new TracecastError(
    "SPOOL_IN_USE",
    `The data folder ${folder} is in use by ${who}. Stop that process, or give this one a folder of its own.`,
  );
}

/** Undefined where the file is gone or was only half written. */
function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host, born } = Object(parseJson(readFileSync(path, "utf8"))) as Partial<Holder>;
    return isJsonObject({ pid, host }) && pid && host ? { pid, host, born: born ?? "" } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, host, born }: Holder, path: string, self: Holder): boolean {
  if (host !== self.host) return Date.now() - statSync(path).mtimeMs < silentMs;
  if (pid === self.pid) return held.has(path);
  return processExists(pid) && !isZombie(pid) && birthOf(pid) === born;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Whether a process has ended and only its parent has not asked for its exit code, as in a container that has no init. */
const isZombie = (pid: number): boolean => statOf(pid)[0] === "Z";

/** Empty where the system has no /proc. */
const birthOf = (pid: number): string => statOf(pid)[19] ?? "";

/** What the system says of a process, from its state on. */
function statOf(pid: number): readonly string[] {
  try {
    // The name in parentheses before it may hold anything.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  } catch {
    return [];
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Gone or unreachable; whoever looks will find it silent.
  }
}
