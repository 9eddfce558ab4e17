import { jsonFragment, wellFormed } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import type { JsonText } from "./attributes.ts";
import { shortenJson } from "./shorten.ts";

/** A JSON text as it stands in an attribute: quoted and escaped, ready to be embedded. */
export interface QuotedText {
  readonly quoted: string;
  readonly cut: boolean;
}

/**
 * Writes a JSON text. That of content is made once: its JSON is shared with every other destination, the escaped form with every other one of this
 * package.
 */
export function quoteJson({ json, under }: JsonText, maxLength: number): QuotedText {
  const open = under === undefined ? "" : `{${JSON.stringify(under)}:`;
  const close = under === undefined ? "" : "}";
  const room = maxLength - open.length - close.length;
  const cut = cleanJson(json).length > room;
  const inner = cut ? JSON.stringify(shortenJson(wellFormed(json), room)) : quotedJson(json);
  return { quoted: `"${escaped(open)}${inner.slice(1, -1)}${close}"`, cut };
}

const quotedTexts = new WeakMap<object, string>();

function quotedJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(cleanJson(value));
  const known = quotedTexts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(cleanJson(value));
  quotedTexts.set(value, text);
  return text;
}

// NUL and halves of surrogate pairs as JSON spells them; Protocol Buffers and many stores refuse them.
const unclean = /\\u0000|\\ud[89a-f]/i;

function cleanJson(value: Json): string {
  const text = jsonFragment(value);
  return unclean.test(text) ? JSON.stringify(wellFormed(value)) : text;
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
