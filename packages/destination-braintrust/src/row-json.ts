import { jsonFragment, wellFormed } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import type { Row } from "./row.ts";

// NUL and halves of surrogate pairs as JSON spells them; stores behind the API refuse both.
const unclean = /\\u0000|\\ud[89a-f]/i;
// Nearly no text has such an escape, and to look for one is much quicker.
const isUnclean = (text: string): boolean => text.includes("\\u") && unclean.test(text);

/** The JSON text of a row. The text of its input and output is made once for an event and shared with other destinations. */
export function rowJson(row: Row): string {
  const { input, output } = row;
  const text = cleanJson({ ...row, input: undefined, output: undefined });
  const content = [
    ...(input === undefined ? [] : [`"input":${cleanFragment(input)}`]),
    ...(output === undefined ? [] : [`"output":${cleanFragment(output)}`]),
  ];
  return content.length === 0 ? text : `${text.slice(0, -1)},${content.join(",")}}`;
}

function cleanFragment(value: Json): string {
  const text = jsonFragment(value);
  return isUnclean(text) ? JSON.stringify(wellFormed(value)) : text;
}

function cleanJson(value: object): string {
  const text = JSON.stringify(value);
  return isUnclean(text) ? JSON.stringify(wellFormed(JSON.parse(text) as Json)) : text;
}
