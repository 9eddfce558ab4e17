export { openLmdbSpool } from "./lmdb-spool.ts";
export type { LmdbSpool, LmdbSpoolOptions } from "./lmdb-spool.ts";
export { createSeal } from "./seal.ts";
export type { Seal } from "./seal.ts";
