import { isJsonObject } from "@tracecast/core";
import type { Json } from "@tracecast/core";

/** A text of at most `maxLength` characters that keeps its beginning and its end. */
export function shortenText(text: string, maxLength: number): string {
  const mark = "...[truncated]...";
  if (text.length <= maxLength) return text;
  if (maxLength <= mark.length) return text.slice(0, maxLength).toWellFormed();
  const half = Math.floor((maxLength - mark.length) / 2);
  return `${text.slice(0, half)}${mark}${text.slice(text.length - half)}`.toWellFormed();
}

/**
 * JSON text of at most `maxLength` characters for a value that has more: long texts inside keep their beginning and end, a list keeps its first
 * item and the newest ones. What is missing is marked by `{ "tracecast_truncated": … }`.
 */
export function shortenJson(value: Json, maxLength: number): string {
  for (const share of [4, 16, 64, 256]) {
    const shortened = withShortTexts(value, Math.max(16, Math.floor(maxLength / share)));
    const text = Array.isArray(shortened)
      ? listWithin(shortened as readonly Json[], maxLength)
      : JSON.stringify(shortened);
    if (text.length <= maxLength) return text;
  }
  const last = JSON.stringify({ tracecast_truncated: { reason: "size_limit" } });
  return last.length <= maxLength ? last : "null";
}

function listWithin(items: readonly Json[], maxLength: number): string {
  const [first = "null", ...rest] = items.map((item) => JSON.stringify(item));
  // Brackets, the first item, and the mark with its comma.
  let length = first.length + 64;
  let start = rest.length;
  while (start > 0) {
    const more = (rest[start - 1]?.length ?? 0) + 1;
    if (length + more > maxLength) break;
    length += more;
    start -= 1;
  }
  const mark = start > 0 ? [`{"tracecast_truncated":{"omitted_items":${start}}}`] : [];
  return `[${[first, ...mark, ...rest.slice(start)].join(",")}]`;
}

function withShortTexts(value: Json, maxLength: number): Json {
  if (typeof value === "string") return shortenText(value, maxLength);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withShortTexts(item, maxLength));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      child === undefined ? child : withShortTexts(child, maxLength),
    ]),
  );
}
