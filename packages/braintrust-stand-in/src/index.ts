export { startBraintrust } from "./server.ts";
export type { Braintrust, BraintrustOptions, BraintrustRequest } from "./server.ts";
export { complaintsAbout } from "./row-check.ts";
export type { RawRow } from "./row-check.ts";
export { RowStore } from "./row-store.ts";
export type { KeptRow } from "./row-store.ts";
