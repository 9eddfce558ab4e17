import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { TestResult } from "@tracecast/core";
import { codeOf } from "./file-outcome.ts";

/** Finds out whether a file can be appended to, or made, without doing either. */
export async function testPlace(path: string, signal: AbortSignal): Promise<TestResult> {
  if (signal.aborted) return fail("The test was given up before it began; try again.");
  try {
    const found = await stat(path).catch(noneIfMissing);
    if (found && !found.isFile()) return fail(`${path} is there and is no file; choose another Path.`);
    await access(found ? path : await nearestFolder(path), constants.W_OK);
    return { ok: true, message: `Traces are appended to ${path}.` };
  } catch (error) {
    return fail(explain(codeOf(error), path));
  }
}

/** The deepest folder on the way to a file that is there already: in it the others are made. */
async function nearestFolder(path: string): Promise<string> {
  const folder = dirname(path);
  const found = await stat(folder).catch(noneIfMissing);
  if (!found) return folder === path ? path : nearestFolder(folder);
  if (!found.isDirectory()) throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
  return folder;
}

function noneIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

function explain(code: string, path: string): string {
  if (code === "ENOTDIR") return `A part of ${path} is a file where a folder must be; choose another Path.`;
  if (code === "EROFS") return `${path} is on a disk that is read-only; choose another Path.`;
  if (code === "EACCES" || code === "EPERM")
    return `The gateway's user may not write ${path}; give it the right to, or choose another Path.`;
  return `${path} cannot be written (${code}); choose another Path.`;
}

const fail = (message: string): TestResult => ({ ok: false, message });
