import { contentClasses, fieldPaths, parseTraceEvent } from "@tracecast/core";
import type { ContentClass, ContentClasses, Json, TraceEvent } from "@tracecast/core";
import { contentBait, openBait } from "./bait.ts";
import type { Mark } from "./bait.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { plantFigures } from "./figures.ts";
import type { Figure } from "./figures.ts";
import { withField } from "./with-field.ts";
import { sampleTraceEvent } from "./sample-event.ts";

/** A piece of text that occurs nowhere but where it was planted. */
export interface Marker {
  /** The field it was planted in, such as `error.message` or `output`. */
  readonly path: string;
  /** The part of that field, where the core has a name for it: `output.reasoning`; else the field. */
  readonly part: string;
  /** Lower-case letters, digits and dashes, so that no encoding has to escape it. */
  readonly text: string;
}

/** An event with a {@link Marker} in every field that can hold text. */
export interface Canary {
  readonly event: TraceEvent;
  /** In every field of class `content`, several where a field has several kinds of content. None may reach a private destination. */
  readonly contentMarkers: readonly Marker[];
  /** In every field of class `open` that takes text. All of them still reach every destination. */
  readonly openMarkers: readonly Marker[];
  /** In every field that takes a number. All of them are open. */
  readonly figures: readonly Figure[];
}

/**
 * The event that shows where content leaks. Its fields are found by walking the model's content classes, so a field that is
 * added to the model is covered the same day. Always the same; frozen.
 */
export function canaryEvent(): Canary {
  const markers: Record<ContentClass, Marker[]> = { open: [], content: [] };
  let event: TraceEvent = sampleTraceEvent();
  for (const [path, contentClass] of fieldsOf(contentClasses)) {
    const planted = plant(event, path, contentClass);
    if (!planted) continue;
    event = planted.event;
    markers[contentClass].push(...planted.markers);
  }
  const marked = new Set([...markers.content, ...markers.open].map(({ path }) => path));
  const { event: baited, figures } = plantFigures(event, marked);
  return {
    event: deepFreeze(baited),
    contentMarkers: markers.content,
    openMarkers: markers.open,
    figures,
  };
}

type Path = readonly string[];

interface Planted {
  readonly event: TraceEvent;
  readonly markers: readonly Marker[];
}

function fieldsOf(classes: ContentClasses, parents: Path = []): readonly (readonly [Path, ContentClass])[] {
  return Object.entries(classes).flatMap(([field, marked]) =>
    typeof marked === "object"
      ? fieldsOf(marked, [...parents, field])
      : [[[...parents, field], marked] as const],
  );
}

const anyBait: readonly ((mark: Mark) => Json)[] = [
  (mark) => mark("text"),
  (mark) => [mark("text")],
  (mark) => ({ note: mark("text") }),
];

/** The event with markers in one field, by the first bait that the field takes; nothing where it takes no text. */
function plant(event: TraceEvent, path: Path, contentClass: ContentClass): Planted | undefined {
  const known = (contentClass === "content" ? contentBait : openBait)[path.join(".")];
  for (const bait of known ? [known] : anyBait) {
    const markers: Marker[] = [];
    const field = path.join(".");
    const value = bait((place, detail = "") => {
      const words = ["canary", contentClass, ...path, place, detail, "end"].filter(Boolean);
      const text = words.join("-").replaceAll("_", "-").toLowerCase();
      const part = fieldPaths.has(`${field}.${place}`) ? `${field}.${place}` : field;
      markers.push({ path: field, part, text });
      return text;
    });
    const baited = parsed(withField(event, path, value));
    if (baited) return { event: baited, markers };
  }
  return undefined;
}

function parsed(value: unknown): TraceEvent | undefined {
  try {
    return parseTraceEvent(value);
  } catch {
    return undefined;
  }
}
