import { expect, test } from "vitest";
import { z } from "zod";
import { isJsonObject, jsonFragment } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { contentClassesOf, open } from "./content-class.ts";
import { contentClasses, parseTraceEvent, traceEventSchema } from "./event.ts";

const event = {
  id: "0199aaaa-0000-7000-8000-000000000001",
  operation: "chat",
  model: {},
  parameters: {},
  timing: { startMs: 1, endMs: 2 },
  streamed: false,
  tags: [],
  trace: { metadata: {} },
};

/** Every field that holds a value itself, by its path. */
function leaves(schema: JsonObject, path: readonly string[] = []): readonly (readonly string[])[] {
  const properties = schema["properties"];
  if (schema["contentClass"] !== undefined || !isJsonObject(properties)) return [path];
  return Object.entries(properties).flatMap(([key, child]) =>
    isJsonObject(child) ? leaves(child, [...path, key]) : [],
  );
}

test("every field of the model says what it may reveal", () => {
  const schema = z.toJSONSchema(traceEventSchema, { unrepresentable: "any" }) as JsonObject;
  const paths = leaves(schema);
  expect(paths.length).toBeGreaterThan(40);
  for (const path of paths) {
    const marked = path.reduce<unknown>(
      (classes, key) => (classes as Record<string, unknown> | undefined)?.[key],
      contentClasses,
    );
    expect([path.join("."), marked]).toEqual([path.join("."), expect.stringMatching(/^(open|content)$/)]);
  }
});

test("what people and models said is content", () => {
  expect(contentClasses).toMatchObject({
    input: "content",
    output: "content",
    contentParameters: "content",
    error: { message: "content" },
  });
  expect(contentClasses).toMatchObject({
    usage: { promptTokens: "open" },
    user: "open",
    tags: "open",
    trace: { metadata: "open" },
  });
});

test("a field that nobody marked has no class", () => {
  expect(
    contentClassesOf(z.object({ a: open(z.string()), b: z.string(), c: z.object({ d: z.string() }) })),
  ).toEqual({ a: "open", c: {} });
});

test("the door refuses what is no event, names the place, and quotes nothing", () => {
  expect(() => parseTraceEvent({ ...event, id: "my secret id" })).toThrow(
    "This is not a trace event; look at: id.",
  );
  expect(() => parseTraceEvent({ ...event, timing: {} })).toThrow("look at: timing.startMs, timing.endMs.");
  expect(() => parseTraceEvent("secret")).toThrow("look at: (the event itself).");
});

test("an event that has passed the door is the same object the next time", () => {
  const once = parseTraceEvent(event);
  expect(once).not.toBe(event);
  expect(parseTraceEvent(once)).toBe(once);
});

test("the JSON text of an object is made once", () => {
  let made = 0;
  const value = { toJSON: () => ({ made: (made += 1) }) } as never;
  expect(jsonFragment(value)).toBe('{"made":1}');
  expect(jsonFragment(value)).toBe('{"made":1}');
  expect([jsonFragment("a"), jsonFragment(null), jsonFragment([1])]).toEqual(['"a"', "null", "[1]"]);
});
