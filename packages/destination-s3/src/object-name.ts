import type { TraceEvent } from "@tracecast/core";

/** What an object's name is made of, all but the settings. Travels as the `key` of a piece. */
export interface NameParts {
  /** Of the start of the call, in UTC: `2026-01-02`. */
  readonly date: string;
  readonly apiKeyName: string;
  readonly file: string;
}

const maxPartLength = 200;

/**
 * The name of an event's own object, `{traceId}-{seconds}.json`. Calls that share a trace may start in the same second, so theirs carry the end
 * of the event's id as well. It depends on the event alone: a resend overwrites.
 */
export function namePartsOf({ id, trace, timing, apiKey }: TraceEvent): NameParts {
  const seconds = Math.floor(timing.startMs / 1000);
  const file =
    trace.traceId === undefined
      ? `${id}-${seconds}`
      : `${segment(trace.traceId, "trace")}-${seconds}-${id.slice(-12)}`;
  return {
    date: new Date(timing.startMs).toISOString().slice(0, 10),
    apiKeyName: segment(apiKey?.name ?? "", "no-key"),
    file: `${file}.json`,
  };
}

/** Name parts as one text, and back. No part has a slash. */
export const toKey = ({ date, apiKeyName, file }: NameParts): string => [date, apiKeyName, file].join("/");

/** The inverse of {@link toKey}. */
export function fromKey(key: string): NameParts {
  const [date = "", apiKeyName = "", file = ""] = key.split("/");
  return { date, apiKeyName, file };
}

/** The folder that a path template gives, without slashes at its ends and without empty, `.` and `..` segments. */
export function folderOf(template: string, prefix: string, { date, apiKeyName }: NameParts): string {
  const [year = "", month = "", day = ""] = date.split("-");
  const values: Readonly<Record<string, string>> = { prefix, date, year, month, day, apiKeyName };
  const path = template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return path
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .join("/");
}

/** The variables of a path template. */
export const templateVariables = ["prefix", "date", "year", "month", "day", "apiKeyName"];

/** Free text as one segment of a path, of characters that no store and no tool treats in a way of its own. */
function segment(text: string, fallback: string): string {
  const safe = text
    .replace(/[^\p{L}\p{N}._~-]+/gu, "_")
    .slice(0, maxPartLength)
    .toWellFormed();
  return /^\.*$/.test(safe) ? fallback : safe;
}
