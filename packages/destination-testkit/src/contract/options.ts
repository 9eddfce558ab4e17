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

/** What the contract has to know of a destination that sends nothing over a network. */
export interface LocalContractOptions extends Pick<
  ContractOptions,
  "describe" | "test" | "destination" | "hasSecrets"
> {
  /** Good settings, for a folder that is empty and belongs to the test alone. */
  readonly config: (folder: string) => Readonly<Record<string, unknown>>;
  /** Whether every field is to be found in what is written; of a form for people, only the names and figures it shows are. @defaultValue true */
  readonly isWhole?: boolean;
  /** Everything that was written with these settings. */
  readonly written: (folder: string) => string | Promise<string>;
  /** Makes it impossible to write there. */
  readonly spoil: (folder: string) => unknown;
}

/** Checks by the sentence that each one holds a destination to. */
export type Rules = Readonly<Record<string, () => void | Promise<void>>>;
