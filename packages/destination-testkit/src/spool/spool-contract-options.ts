import type { Dropped, Recipient, Spool } from "@tracecast/dispatcher";
import type { ContractOptions } from "../contract/options.ts";

/** The limits a spool under test is opened with; absent ones are its own defaults. */
export interface SpoolLimits {
  readonly maxBytes?: number;
  readonly maxAgeMs?: number;
}

/** A spool under test, and how it is tested. */
export interface SpoolContractOptions extends Pick<ContractOptions, "describe" | "test"> {
  /** What the spool is called in the names of the tests. */
  readonly name: string;
  /** Opens an empty spool. */
  readonly open: (limits: SpoolLimits) => Promise<Spool>;
  /** Opens again what one that was closed had stored. Only for a spool that outlives its process. */
  readonly reopen?: (closed: Spool, limits: SpoolLimits) => Promise<Spool>;
}

/** What a spool promises, by the sentence that says it. */
export type SpoolRules = Readonly<Record<string, () => Promise<void>>>;

/** Lends a spool and closes it afterwards. */
export async function withSpool(
  { open }: SpoolContractOptions,
  limits: SpoolLimits,
  use: (spool: Spool) => Promise<void> | void,
): Promise<void> {
  const spool = await open(limits);
  try {
    await use(spool);
  } finally {
    await spool.close();
  }
}

/** Recipients without privacy mode. */
export const to = (...destinationIds: readonly string[]): readonly Recipient[] =>
  destinationIds.map((destinationId) => ({ destinationId, private: false }));

/** The positions of what waits for a destination. */
export const positionsOf = (spool: Spool, destinationId: string, after = 0): readonly number[] =>
  spool.read(destinationId, after, Infinity).map(({ position }) => position);

/** Dropped positions by destination. */
export const droppedBy = (dropped: readonly Dropped[]): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(dropped.map(({ destinationId, positions }) => [destinationId, positions]));
