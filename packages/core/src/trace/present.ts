import { known } from "./known.ts";
import type { Known } from "./known.ts";

/** Only the fields that are known; `undefined` where none is. */
export function present<T extends object>(fields: T): Known<T> | undefined {
  const some = known(fields);
  return Object.keys(some).length > 0 ? some : undefined;
}
