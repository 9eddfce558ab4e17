import type { TraceEvent } from "@tracecast/core";

/** A client that hands events on, set up for a number of destinations. */
export interface Contender {
  /** What the caller pays for: takes one event. */
  publish(event: TraceEvent): void;
  /** Resolves when everything has been handed on. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** What a contender is set up with. */
export interface ContenderOptions {
  readonly destinations: number;
  /** Where the sink listens, such as `http://127.0.0.1:4000`. */
  readonly sink: string;
}

/** Sets a contender up. */
export type ContenderFactory = (options: ContenderOptions) => Promise<Contender>;

/** Events a batch, for every contender that can be told. */
export const batchSize = 100;
