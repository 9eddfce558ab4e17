import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** When a file is put aside, and how many of those are kept. */
export interface Rotation {
  readonly maxBytes: number;
  readonly keepFiles: number;
}

const newline = Buffer.from("\n");

/** By path, the end of the latest append: connections to one file take turns. */
const turns = new Map<string, Promise<void>>();

/**
 * Appends lines to the file at an absolute path, all of them or none, and waits for the disk.
 * @throws the system's error
 */
export async function appendLines(path: string, lines: Uint8Array, rotation: Rotation): Promise<void> {
  const before = turns.get(path) ?? Promise.resolve();
  const mine = before.then(() => appendTo(path, lines, rotation));
  const settled = mine.catch(() => undefined);
  turns.set(path, settled);
  try {
    await mine;
  } finally {
    if (turns.get(path) === settled) turns.delete(path);
  }
}

async function appendTo(path: string, lines: Uint8Array, { maxBytes, keepFiles }: Rotation): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const size = await sizeOf(path);
  if (size > 0 && size + lines.length > maxBytes) await putAside(path, keepFiles);
  // For its owner only: there are prompts in it.
  const handle = await open(path, "a+", 0o600);
  try {
    await appendWhole(handle, lines);
  } finally {
    await handle.close();
  }
}

async function appendWhole(handle: FileHandle, lines: Uint8Array): Promise<void> {
  const { size } = await handle.stat();
  try {
    // A process that died in the middle of a line leaves half of it: ours begin after it.
    if (await isTorn(handle, size)) await handle.appendFile(newline);
    await handle.appendFile(lines);
    await handle.datasync();
  } catch (error) {
    await handle.truncate(size);
    throw error;
  }
}

async function isTorn(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return !buffer.equals(newline);
}

/** `traces.jsonl` becomes `traces.1.jsonl`, that `traces.2.jsonl`, and so on; the last one is deleted. */
async function putAside(path: string, keepFiles: number): Promise<void> {
  const aside = (number: number) => path.replace(/\.jsonl$/, `.${number}.jsonl`);
  await rm(aside(keepFiles), { force: true });
  for (let number = keepFiles - 1; number >= 1; number -= 1)
    await rename(aside(number), aside(number + 1)).catch(unlessMissing);
  await rename(path, aside(1));
}

/** The bytes of a file; 0 where there is none. What is there and is no file is refused: a pipe would wait for its reader. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(unlessMissing);
  if (found && !found.isFile()) throw Object.assign(new Error("not a file"), { code: "EISDIR" });
  return found?.size ?? 0;
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
