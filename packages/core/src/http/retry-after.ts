/**
 * How long a `Retry-After` header asks to wait, in milliseconds. Both forms of RFC 9110 are read, seconds (also fractional) and
 * an HTTP date; anything else, and a date that has passed, is as if the header were absent.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  if (!/[a-z]/i.test(text)) return undefined;
  const date = Date.parse(text);
  return date > nowMs ? date - nowMs : undefined;
}
