import { setTimeout as delay } from "node:timers/promises";

/** Where the engine gets its time from, so that tests can hold it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own time. Its sleeps do not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    delay(ms, undefined, { ref: false, ...(signal && { signal }) }).catch(() => {
      // An aborted sleep is a sleep that is over.
    }),
};
