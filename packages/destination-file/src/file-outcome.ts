import type { Outcome } from "@tracecast/core";

const mayNot = new Set(["EACCES", "EPERM", "EROFS"]);
const noPlace = new Set(["EISDIR", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EINVAL", "ENOENT", "EEXIST"]);
const full = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** The system's name for what went wrong, such as `ENOSPC`. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "an unknown error";
}

/** What it means for a batch that it could not be written. A full disk may have room again; a file that may not be written waits for a person. */
export function fileOutcome(error: unknown, path: string): Outcome {
  const code = codeOf(error);
  if (mayNot.has(code))
    return { status: "rejected", code: "unauthorized", reason: `${path} may not be written (${code})` };
  if (noPlace.has(code))
    return {
      status: "rejected",
      code: "misconfigured",
      reason: `${path} is no place for a file (${code})`,
    };
  if (full.has(code)) return { status: "retry", reason: `There is no room to write ${path} (${code})` };
  return { status: "retry", reason: `${path} cannot be written (${code})` };
}
