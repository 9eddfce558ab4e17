import assert from "node:assert/strict";
import { isJsonObject } from "@tracecast/core";
import type { Destination, Json, JsonObject } from "@tracecast/core";
import type { ContractOptions } from "./options.ts";

const secretLength = 12;

/** The secrets in settings: what `maskConfig` hides, where it is long enough to be told from other text. */
export function secretsIn(destination: Destination, config: unknown): readonly string[] {
  const parsed = destination.parseConfig(config);
  const shown = new Map(stringsIn(destination.maskConfig(parsed)));
  return stringsIn(parsed)
    .filter(([path, value]) => shown.get(path) !== value && value.length >= secretLength)
    .map(([, value]) => value);
}

/** Every string in a value of plain data, with the path to it. */
export function stringsIn(value: Json | undefined, path = ""): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value as JsonObject).flatMap(([key, child]) => stringsIn(child, `${path}/${key}`));
}

/** Fails where `text` shows a secret of the contract's settings, or a good part of one, plain, escaped or in Base64. */
export function assertNoSecret(options: ContractOptions, text: string, where: string): void {
  const secrets = secretsIn(options.destination, options.config("http://127.0.0.1:9"));
  for (const secret of secrets) {
    assert.ok(!reveals(text, secret), `${where} shows a secret of the settings`);
  }
}

/** Whether `text` shows twelve characters in a row of `secret`, be it within a Base64 word or percent-encoded. */
export function reveals(text: string, secret: string): boolean {
  const words = text.match(/[\w+/=-]{8,}/g) ?? [];
  const readings = [text, unescaped(text), ...words.map((word) => Buffer.from(word, "base64").toString())];
  const starts = Array.from({ length: Math.max(1, secret.length - secretLength + 1) }, (_, start) => start);
  return starts.some((start) => {
    const part = secret.slice(start, start + secretLength);
    return readings.some((reading) => reading.includes(part));
  });
}

/** The same settings with other secrets of the same form. */
export function withOtherSecrets(
  destination: Destination,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const secrets = secretsIn(destination, config);
  const change = (value: unknown): unknown => {
    if (typeof value === "string") return secrets.includes(value.trim()) ? otherSecret(value.trim()) : value;
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child)]));
  };
  return change(config) as Record<string, unknown>;
}

/** Its second half changes, digit for digit and letter for letter (hexadecimal ones among themselves), so that its form stays. */
function otherSecret(secret: string): string {
  const half = Math.floor(secret.length / 2);
  const alphabets = ["0123456789", "abcdef", "ghijklmnopqrstuvwxyz", "ABCDEF", "GHIJKLMNOPQRSTUVWXYZ"];
  const next = (letter: string) => {
    const alphabet = alphabets.find((letters) => letters.includes(letter));
    return alphabet ? alphabet.charAt((alphabet.indexOf(letter) + 1) % alphabet.length) : letter;
  };
  return secret.slice(0, half) + secret.slice(half).replace(/[a-z0-9]/gi, next);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
