/** Where the engine gets its time from, so that tests can hold it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `wake` once, after `ms` milliseconds. What it answers calls that off. */
  after(ms: number, wake: () => void): () => void;
}

// The longest a timer can wait.
const forever = 2 ** 31 - 1;

/** The machine's own time. What it is to call does not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  after(ms, wake) {
    const timer = setTimeout(wake, Math.min(ms, forever)).unref();
    return () => clearTimeout(timer);
  },
};
