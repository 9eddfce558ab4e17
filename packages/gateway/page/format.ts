/** Milliseconds as people read them: `850 ms`, `2.4 s`, `3 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** An amount of US dollars without an exponent. */
export function usd(amount: number): string {
  if (amount === 0) return "$0";
  if (amount >= 1)
    return `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${amount < 0.01 ? amount.toFixed(6).replace(/0+$/, "") : amount.toFixed(4).replace(/0{1,2}$/, "")}`;
}

/** A count with its thousands apart. */
export const count = (number: number): string => number.toLocaleString("en");

/** A time of day. */
export const timeOfDay = (epochMs: number): string =>
  new Date(epochMs).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A share as a percentage: 0.125 is `12.5 %`. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

/** When something began: the time of day, and the day too where it was not today. */
export function sinceWhen(epochMs: number): string {
  const then = new Date(epochMs);
  const isToday = then.toDateString() === new Date().toDateString();
  return isToday
    ? timeOfDay(epochMs)
    : then.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** A size in bytes: `812 B`, `4.1 KB`. */
export const size = (bytes: number): string =>
  bytes < 1000
    ? `${bytes} B`
    : bytes < 1_000_000
      ? `${(bytes / 1000).toFixed(1)} KB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;
