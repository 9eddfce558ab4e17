import { contentClasses, contentParts, parseTraceEvent } from "@tracecast/core";
import type { ContentClasses, TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryTraceEvent } from "./arbitrary-event.ts";
import { canaryEvent } from "./canary.ts";
import { sampleTraceEvent } from "./sample-event.ts";
import { withoutContent } from "./without-content.ts";

const paths = (classes: ContentClasses, parent = ""): string[] =>
  Object.entries(classes).flatMap(([field, marked]) =>
    typeof marked === "object" ? paths(marked, `${parent}${field}.`) : [`${parent}${field}`],
  );

const at = (event: TraceEvent, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>((value, field) => (value as Record<string, unknown> | undefined)?.[field], event);

describe("arbitraryTraceEvent", () => {
  test("makes events that pass the door unchanged", () => {
    fc.assert(
      fc.property(arbitraryTraceEvent(), (event) => {
        expect(parseTraceEvent(event)).toEqual(event);
      }),
    );
  });

  test("fills every field of the model now and then, and leaves out every one that may be missing", () => {
    const events = fc.sample(arbitraryTraceEvent(), { numRuns: 400, seed: 1 });
    for (const path of paths(contentClasses)) {
      expect([path, events.some((event) => at(event, path) !== undefined)]).toEqual([path, true]);
    }
    for (const path of [
      "usage",
      "cost",
      "error",
      "input",
      "output",
      "user",
      "trace.traceId",
      "usage.promptTokens",
    ]) {
      expect([path, events.some((event) => at(event, path) === undefined)]).toEqual([path, true]);
    }
  });

  test("makes text that is not well-formed, and keys that objects inherit", () => {
    const texts = fc
      .sample(arbitraryTraceEvent(), { numRuns: 400, seed: 1 })
      .map((event) => JSON.stringify(event));
    for (const odd of ["\\ud800", "\\u0000", '"constructor":', "👩‍👩‍👧"]) {
      expect([odd, texts.some((text) => text.includes(odd))]).toEqual([odd, true]);
    }
  });
});

describe("sampleTraceEvent", () => {
  test("is always the same, frozen throughout, and fits the model", () => {
    expect(sampleTraceEvent()).toEqual(sampleTraceEvent());
    expect(parseTraceEvent(sampleTraceEvent())).toEqual(sampleTraceEvent());
    expect(Object.isFrozen(sampleTraceEvent().trace.metadata["feature"])).toBe(true);
  });

  test("takes overrides, and leaves out what they say is undefined", () => {
    const event = sampleTraceEvent({ user: "somebody", usage: undefined });
    expect(event.user).toBe("somebody");
    expect("usage" in event).toBe(false);
    expect(() => sampleTraceEvent({ id: "not a uuid" })).toThrow(/look at: id/);
  });
});

describe("canaryEvent", () => {
  const { event, contentMarkers, openMarkers, figures } = canaryEvent();
  const text = JSON.stringify(event);
  const pathsOf = (contentClass: string, classes: ContentClasses, parent = ""): string[] =>
    Object.entries(classes).flatMap(([field, marked]) => {
      if (typeof marked === "object") return pathsOf(contentClass, marked, `${parent}${field}.`);
      return marked === contentClass ? [`${parent}${field}`] : [];
    });

  test("holds a marker in every content field of the model", () => {
    expect([...new Set(contentMarkers.map(({ path }) => path))]).toEqual(pathsOf("content", contentClasses));
  });

  test("holds a marker in the open fields that take text, names and metadata among them", () => {
    const marked = new Set(openMarkers.map(({ path }) => path));
    const named = ["traceId", "traceName", "spanName", "generationName", "parentSpanId", "metadata"];
    for (const path of [
      "user",
      "sessionId",
      "tags",
      "provider",
      "model",
      "apiKey",
      ...named.map((key) => `trace.${key}`),
    ]) {
      expect([path, marked.has(path)]).toEqual([path, true]);
    }
  });

  test("holds a marker in every part of content that has a name, and its own number in every field that takes one", () => {
    const parts = new Set(contentMarkers.map(({ part }) => part));
    for (const [field, names] of Object.entries(contentParts))
      for (const name of names) expect(parts).toContain(`${field}.${name}`);
    const found = figures.map(({ path }) => path);
    for (const path of ["usage.totalTokens", "cost.upstreamInputUsd", "timing.endMs", "error.status"])
      expect(found).toContain(path);
    const numbers = figures.map(({ path }) => at(event, path));
    expect(new Set(numbers).size).toBe(figures.length);
    for (const number of numbers) expect(number).toBeTypeOf("number");
  });

  test("holds each marker once, and no marker within another", () => {
    const texts = [...contentMarkers, ...openMarkers].map(({ text }) => text);
    for (const marker of texts) expect([marker, text.split(marker).length - 1]).toEqual([marker, 1]);
  });

  test("loses every content marker and no open one without its content", () => {
    const reduced = JSON.stringify(withoutContent(event));
    expect(contentMarkers.filter(({ text }) => reduced.includes(text))).toEqual([]);
    expect(openMarkers.filter(({ text }) => !reduced.includes(text))).toEqual([]);
  });
});

describe("withoutContent", () => {
  test("keeps usage, cost, timing and what went wrong, and says nothing about fields that were absent", () => {
    const event = sampleTraceEvent({
      error: { status: 429, type: "rate_limited", message: "You said: …" },
      cost: undefined,
    });
    const reduced = withoutContent(event);
    expect(reduced.usage).toEqual(event.usage);
    expect(reduced.timing).toEqual(event.timing);
    expect(reduced.error).toEqual({ status: 429, type: "rate_limited" });
    expect(Object.keys(reduced)).not.toContain("cost");
    expect(Object.keys(reduced)).not.toContain("input");
  });
});
