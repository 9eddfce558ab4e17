import { gunzipSync } from "node:zlib";
import { parseJson } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import { attributesOf, readBinary, readJson, spansIn } from "../../destination-otlp/test/otlp-definitions.ts";
import type { ReadExport, ReadSpan } from "../../destination-otlp/test/otlp-definitions.ts";
import type { SentRequest } from "./far-ends.ts";

/** A text or a number that arrived, and where it stands: `INPUT.messages[].content`. The indexes of lists are left out. */
export interface Placed {
  readonly place: string;
  readonly text: string;
}

/** What stands in a request, each value at its place; in its address and its headers, too. */
export function placedIn(request: SentRequest): readonly Placed[] {
  const { url, headers, body } = request;
  return [
    { place: "(url)", text: decodeURIComponent(url) },
    ...flat(headers, "(headers)"),
    ...placedInBody(headers["content-type"] ?? "", body),
  ];
}

function placedInBody(contentType: string, body: Buffer): readonly Placed[] {
  if (contentType === "application/x-protobuf") return placedInExport(readBinary(body));
  const text = contentType === "application/gzip" ? gunzipSync(body).toString() : body.toString();
  const parsed = parseJson(text);
  if (parsed === undefined) return placedInLines(text);
  const isExport = typeof parsed === "object" && parsed !== null && "resourceSpans" in parsed;
  return isExport ? placedInExport(readJson(body)) : flat(parsed);
}

/** What stands in JSON Lines. */
export function placedInLines(text: string): readonly Placed[] {
  return text
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => flat(parseJson(line) ?? line));
}

/** Attributes stand under their names, those of a span around a generation behind `wrapper `. */
function placedInExport(read: ReadExport): readonly Placed[] {
  const resources = read.resourceSpans.flatMap(({ resource }) => flat(attributesOf(resource), "(resource)"));
  return [...resources, ...spansIn(read).flatMap(placedInSpan)];
}

function placedInSpan(span: ReadSpan): readonly Placed[] {
  const { events = [], attributes: _, ...rest } = span;
  const attributes = attributesOf(span);
  const within = "gen_ai.operation.name" in attributes ? "" : "wrapper ";
  return [
    ...flat(rest, "(span)"),
    ...events.flatMap((event) => flat({ ...attributesOf(event), name: event.name }, "(event)")),
    ...flat(attributes),
  ].map(({ place, text }) => ({ place: within + place, text }));
}

const planted = /canary-[a-z\d-]+-end/;
// OpenInference counts messages in the names of attributes.
const index = /\.\d+(?=\.)/g;

/** The leaves of a value. A text that is JSON is read on; what is planted in a key stands as `*` in the place. */
function flat(value: unknown, place = ""): readonly Placed[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => flat(item, `${place}[]`));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, child]) => {
      const inner = [place, key.replace(planted, "*").replaceAll(index, "[]")].filter(Boolean).join(".");
      return [...(planted.test(key) ? [{ place: inner, text: key }] : []), ...flat(child, inner)];
    });
  const inside = typeof value === "string" ? structureIn(value) : undefined;
  return inside ? flat(inside, place) : [{ place, text: String(value) }];
}

function structureIn(text: string): Json | undefined {
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  return typeof parsed === "object" && parsed !== null ? parsed : undefined;
}
