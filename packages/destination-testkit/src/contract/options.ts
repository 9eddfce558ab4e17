import type { Destination } from "@tracecast/core";
import type { FaultAnswer } from "../fault-server.ts";

/** What the contract has to know of a destination and of the test runner. */
export interface ContractOptions {
  /** The runner's `describe`. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** The runner's `test` or `it`. */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
  readonly destination: Destination;
  /** Good settings that point at the given URL. Secrets have 12 characters or more, so that finding one means something. */
  readonly config: (url: string) => Readonly<Record<string, unknown>>;
  /** How a far end in good health answers. */
  readonly reply: {
    /** The requests of `test`. */
    readonly test: FaultAnswer;
    /** The request of `send`: all of the batch is accepted. */
    readonly send: FaultAnswer;
  };
  /** Whether the settings hold a secret. @defaultValue true */
  readonly hasSecrets?: boolean;
  /**
   * Whether it can tell the answer of its far end from that of any web server. One that takes every 2xx for success, such as a
   * plain webhook, cannot. @defaultValue true
   */
  readonly readsAnswers?: boolean;
}

/** Checks by the sentence that each one holds a destination to. */
export type Rules = Readonly<Record<string, () => void | Promise<void>>>;
