import type { Json } from "@tracecast/core";

/** The attributes of a span before they are written. What is `undefined` is not there. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** The value of an attribute. A whole number is written as an integer. */
export type AttributeValue = string | number | boolean | readonly string[] | Double | JsonText;

/** A number that is a floating-point one even where it happens to be whole, so that a far end sees one type. */
export interface Double {
  readonly double: number;
}

/** A value that is written as a string holding its JSON text; `under` puts it into an object under that key. */
export interface JsonText {
  readonly json: Json;
  readonly under?: string;
}

/** A {@link Double}; nothing where the number is not known. */
export function double(value: number | undefined): Double | undefined {
  return value === undefined ? undefined : { double: value };
}

/** A {@link JsonText}; nothing where there is no value. */
export function jsonText(json: Json | undefined, under?: string): JsonText | undefined {
  if (json === undefined || json === null) return undefined;
  return under === undefined ? { json } : { json, under };
}

/** A value of custom metadata or a parameter: text, numbers and switches as they are, everything else as JSON text. */
export function plainValue(value: Json): AttributeValue | undefined {
  return typeof value === "object" ? jsonText(value) : value;
}

/** Only what is known, for a JSON text of figures; `undefined` where nothing is. */
export function knownFigures(
  figures: Readonly<Record<string, number | undefined>>,
): Readonly<Record<string, number>> | undefined {
  const known: Record<string, number> = {};
  for (const [name, value] of Object.entries(figures)) if (value !== undefined) known[name] = value;
  return Object.keys(known).length > 0 ? known : undefined;
}
