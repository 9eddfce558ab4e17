export { openLmdbSpool } from "./lmdb-spool.ts";
export type { LmdbSpool, LmdbSpoolOptions } from "./lmdb-spool.ts";
