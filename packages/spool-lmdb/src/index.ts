export { openLmdbSpool } from "./lmdb-spool.ts";
export type { LmdbSpool, LmdbSpoolOptions } from "./lmdb-spool.ts";
export { lockFolder } from "./folder-lock.ts";
export type { FolderLock } from "./folder-lock.ts";
export { resealSpool } from "./reseal-spool.ts";
export type { ResealOptions } from "./reseal-spool.ts";
export { createSeal } from "./seal.ts";
export type { Seal } from "./seal.ts";
