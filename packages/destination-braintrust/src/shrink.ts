import { isJsonObject } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import type { Row } from "./row.ts";
import { rowJson } from "./row-json.ts";

/**
 * The JSON text of a row, made to fit into `maxBytes`: long texts keep their beginning and their end, then tools and the like go, then the
 * input, last the output. Figures always stay; `metadata.truncated` says that something is missing.
 */
export function fittingJson(row: Row, maxBytes: number): string {
  const text = rowJson(row);
  if (fits(text, maxBytes)) return text;
  const marked: Row = { ...row, metadata: { ...row.metadata, truncated: true } };
  for (const smaller of attempts(marked)) {
    const json = rowJson(smaller);
    if (fits(json, maxBytes)) return json;
  }
  const { input: _input, output: _output, ...bare } = marked;
  return rowJson({ ...bare, metadata: onlyScalars(bare.metadata) });
}

// No character takes more than three bytes, so most texts need not be counted.
const fits = (text: string, maxBytes: number): boolean =>
  text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes;

function* attempts(row: Row): Generator<Row> {
  for (const length of [200_000, 40_000, 8000, 1000]) yield withShortTexts(row, length);
  const short = withShortTexts(row, 1000);
  const lean = { ...short, metadata: onlyScalars(short.metadata) };
  yield lean;
  const { input: _input, ...withoutInput } = lean;
  yield withoutInput;
}

function withShortTexts(row: Row, length: number): Row {
  return {
    ...row,
    metadata: shorten(row.metadata, length) as Row["metadata"],
    ...(row.input !== undefined && { input: shorten(row.input, length) }),
    ...(row.output !== undefined && { output: shorten(row.output, length) }),
    ...(row.error !== undefined && { error: shorten(row.error, length) as string }),
  };
}

function shorten(value: Json, length: number): Json {
  if (typeof value === "string") {
    if (value.length <= length) return value;
    const half = Math.floor(length / 2);
    const cut = value.length - 2 * half;
    return `${value.slice(0, half)}...[truncated ${cut} chars]...${value.slice(-half)}`.toWellFormed();
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => shorten(item, length));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, child === undefined ? child : shorten(child, length)]),
  );
}

function onlyScalars(metadata: Row["metadata"]): Row["metadata"] {
  return Object.fromEntries(
    Object.entries(metadata).filter(([, value]) => typeof value !== "object" && String(value).length <= 1000),
  );
}
