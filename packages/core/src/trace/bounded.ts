import { createHash } from "node:crypto";
import type { Json } from "../json.ts";
import { isJsonObject } from "../json.ts";
import { unsafeKeys } from "./unsafe-keys.ts";
import { wellFormedText } from "./well-formed.ts";

/** A value made to fit, and whether anything had to be changed for that. `undefined`: nothing usable was there. */
export interface Bounded<T> {
  readonly value: T | undefined;
  readonly cut: boolean;
}

const maxText = 256;
const maxStringInMetadata = 10_000;
const maxDepth = 16;
const maxKeys = 256;
const maxBytes = 64 * 1024;

/**
 * An id that somebody chose: text of at most 256 characters. A longer one keeps its start and ends in the SHA-256 of the whole, so that
 * distinct ids stay distinct and equal ones equal.
 */
export function boundedId(raw: unknown): Bounded<string> {
  const text = textOf(raw);
  if (text.value === undefined || text.value.length <= maxText) return text;
  const digest = createHash("sha256").update(text.value).digest("hex");
  return {
    value: `${wellFormedText(text.value.slice(0, maxText - 65))}~${digest}`.slice(0, maxText),
    cut: true,
  };
}

/** A name: text of at most `max` characters, the last one an ellipsis where there was more. */
export function boundedName(raw: unknown, max = maxText): Bounded<string> {
  const text = textOf(raw);
  if (text.value === undefined || text.value.length <= max) return text;
  return { value: `${text.value.slice(0, max - 1).toWellFormed()}…`, cut: true };
}

/** Tags: a list of strings, or one string with commas. At most 50 distinct ones of at most 128 characters. */
export function boundedTags(raw: unknown): Bounded<readonly string[]> {
  const items = typeof raw === "string" ? raw.split(",") : raw;
  if (!Array.isArray(items)) return { value: undefined, cut: raw !== undefined && raw !== null };
  const tags = items.slice(0, 500).map((item: unknown) => boundedName(item, 128));
  const distinct = [...new Set(tags.flatMap(({ value }) => value ?? []))];
  const cut = tags.some((tag) => tag.cut) || distinct.length > 50 || items.length > 500;
  return { value: distinct.slice(0, 50), cut };
}

/**
 * Custom metadata: a JSON object of at most 256 keys and about 64 KB, 16 levels deep, its strings at most 10,000 characters. The names
 * of the keys that had to be shortened or left out are in `cutKeys`.
 */
export function boundedMetadata(entries: readonly (readonly [string, Json | undefined])[]): {
  readonly metadata: Readonly<Record<string, Json>>;
  readonly cutKeys: readonly string[];
} {
  const metadata: Record<string, Json> = {};
  const cutKeys: string[] = [];
  let [keys, bytes] = [0, 0];
  for (const [key, raw] of entries) {
    if (raw === undefined) continue;
    if (keys >= maxKeys && cutKeys.length >= maxKeys) break;
    const name = boundedName(key);
    const { value, cut } = boundedJson(raw, 0);
    const size = Buffer.byteLength(JSON.stringify(value)) + Buffer.byteLength(key);
    const usable = name.value !== undefined && !unsafeKeys.has(name.value);
    const fits = usable && keys < maxKeys && bytes + size <= maxBytes;
    if ((cut || name.cut || !fits) && cutKeys.length < maxKeys) cutKeys.push(name.value ?? "");
    if (!fits || name.value === undefined) continue;
    keys += 1;
    bytes += size;
    metadata[name.value] = value;
  }
  return { metadata, cutKeys };
}

function textOf(raw: unknown): Bounded<string> {
  if (raw === undefined || raw === null) return { value: undefined, cut: false };
  if (typeof raw === "number" || typeof raw === "boolean") return { value: String(raw), cut: false };
  if (typeof raw !== "string") return { value: undefined, cut: true };
  const clean = wellFormedText(raw).replaceAll(/\p{Cc}/gu, "");
  const text = clean.trim();
  return { value: text === "" ? undefined : text, cut: clean !== raw };
}

function boundedJson(raw: Json, depth: number): { readonly value: Json; readonly cut: boolean } {
  if (typeof raw === "string") {
    const text = wellFormedText(raw);
    if (text.length <= maxStringInMetadata) return { value: text, cut: text !== raw };
    return { value: `${text.slice(0, maxStringInMetadata - 1).toWellFormed()}…`, cut: true };
  }
  if (typeof raw !== "object" || raw === null) return { value: raw, cut: false };
  if (depth >= maxDepth) return { value: "[nested too deep]", cut: true };
  if (Array.isArray(raw)) {
    const items = (raw as readonly Json[]).map((item) => boundedJson(item, depth + 1));
    return { value: items.map(({ value }) => value), cut: items.some(({ cut }) => cut) };
  }
  return isJsonObject(raw) ? boundedObject(raw, depth) : { value: null, cut: true };
}

function boundedObject(
  raw: Readonly<Record<string, Json | undefined>>,
  depth: number,
): { readonly value: Json; readonly cut: boolean } {
  const fields: Record<string, Json> = {};
  let anyCut = false;
  for (const [key, child] of Object.entries(raw)) {
    if (child === undefined) continue;
    const name = wellFormedText(key);
    const { value, cut } = boundedJson(child, depth + 1);
    anyCut ||= cut || unsafeKeys.has(name) || name !== key;
    if (!unsafeKeys.has(name)) fields[name] = value;
  }
  return { value: fields, cut: anyCut };
}
