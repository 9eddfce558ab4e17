import { wellFormed } from "@tracecast/core";
import type { Attributes, AttributeValue } from "./attributes.ts";
import { quoteJson } from "./content-text.ts";
import { shortenText } from "./shorten.ts";

/** Attributes as OTLP/JSON spells them, and the names of those that had to be shortened. */
export interface WrittenAttributes {
  readonly json: string;
  readonly shortened: readonly string[];
}

/**
 * Writes attributes. A text of more than `maxLength` characters is shortened, and `<name>.truncated` says so.
 *
 * Integers are written as JSON numbers, as OpenTelemetry's own JavaScript exporter does: proto3 JSON allows both forms, and receivers that read
 * JSON by hand understand only this one.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function writeAttributes(attributes: Attributes, maxLength: number): WrittenAttributes {
  // By name: two names may be alike once they are clean, and OTLP wants each once.
  const written = new Map<string, string>();
  const shortened: string[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    const key = cleanText(name);
    const { json, cut } = writeValue(value, maxLength);
    written.set(key, json);
    if (!cut) continue;
    shortened.push(key);
    written.set(`${key}.truncated`, '{"boolValue":true}');
  }
  const entries = [...written].map(([key, json]) => `{"key":${JSON.stringify(key)},"value":${json}}`);
  return { json: `[${entries.join(",")}]`, shortened };
}

/** A text without NUL and without halves of surrogate pairs. */
export function cleanText(text: string): string {
  return wellFormed(text) as string;
}

function writeValue(value: AttributeValue, maxLength: number): { json: string; cut: boolean } {
  if (typeof value === "string") return writeText(value, maxLength);
  if (typeof value === "boolean") return { json: `{"boolValue":${value}}`, cut: false };
  if (typeof value === "number") return { json: writeNumber(value), cut: false };
  if (isList(value)) return writeList(value, maxLength);
  if ("double" in value) return { json: writeDouble(value.double), cut: false };
  const { quoted, cut } = quoteJson(value, maxLength);
  return { json: `{"stringValue":${quoted}}`, cut };
}

// `Array.isArray` alone does not know lists that are read-only.
const isList = (value: AttributeValue): value is readonly string[] => Array.isArray(value);

function writeText(text: string, maxLength: number): { json: string; cut: boolean } {
  const clean = cleanText(text);
  const json = `{"stringValue":${JSON.stringify(shortenText(clean, maxLength))}}`;
  return { json, cut: clean.length > maxLength };
}

function writeList(texts: readonly string[], maxLength: number): { json: string; cut: boolean } {
  const values = texts.map((text) => writeText(text, maxLength));
  const json = `{"arrayValue":{"values":[${values.map(({ json }) => json).join(",")}]}}`;
  return { json, cut: values.some(({ cut }) => cut) };
}

function writeNumber(value: number): string {
  return Number.isSafeInteger(value) ? `{"intValue":${JSON.stringify(value)}}` : writeDouble(value);
}

function writeDouble(value: number): string {
  // JSON has no word for what is no finite number; proto3 JSON has these.
  return Number.isFinite(value) ? `{"doubleValue":${JSON.stringify(value)}}` : `{"doubleValue":"${value}"}`;
}
