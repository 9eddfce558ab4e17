const baseMs = 500;
const capMs = 60_000;
const longestRetryAfterMs = 5 * 60_000;

/**
 * How long to leave a destination alone after its `failures`-th failure in a row, in milliseconds: exponential with full
 * jitter, so that many gateways do not come back at the same moment. What the destination itself asked for wins if it is longer,
 * up to five minutes: a broken clock at its end must not stop delivery for a day.
 *
 * @param random - a number from 0 to 1
 */
export function backoffMs(failures: number, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 16));
  return Math.max(Math.ceil(random * ceiling), Math.min(retryAfterMs, longestRetryAfterMs));
}
