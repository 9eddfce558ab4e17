import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../json.ts";
import { parametersOf } from "./parameters.ts";
import { tracingFieldsOf } from "./tracing-fields.ts";

test("user, session and the five reserved keys have their places; every other key is metadata", () => {
  expect(
    tracingFieldsOf({
      user: " user_12345 ",
      session_id: "session_abc",
      trace: {
        trace_id: "eval_run_456",
        trace_name: "Summarization Eval",
        span_name: "Step",
        generation_name: "GPT-4o Summary",
        parent_span_id: "p",
        tags: ["a", "b", "a", 7],
        eval_dataset: "news_articles",
        nested: { deep: [1, null, true] },
      },
    }),
  ).toEqual({
    user: "user_12345",
    sessionId: "session_abc",
    tags: ["a", "b", "7"],
    trace: {
      traceId: "eval_run_456",
      traceName: "Summarization Eval",
      spanName: "Step",
      generationName: "GPT-4o Summary",
      parentSpanId: "p",
      metadata: { eval_dataset: "news_articles", nested: { deep: [1, null, true] } },
    },
  });
});

test("the session comes from the header where the body has none", () => {
  expect(tracingFieldsOf({}, "from-header").sessionId).toBe("from-header");
  expect(tracingFieldsOf({ session_id: "from-body" }, "from-header").sessionId).toBe("from-body");
  expect(tracingFieldsOf({ session_id: "  " }, "from-header").sessionId).toBe("from-header");
});

test.each<[JsonObject, object]>([
  [{ user: "x".repeat(300) }, { cut: ["user"] }],
  [{ user: 42 }, { user: "42" }],
  [{ user: { id: 1 } }, { cut: ["user"] }],
  [{ user: "a\u0007b\0" }, { user: "ab", cut: ["user"] }],
  [{ trace: "my trace" }, { cut: ["trace"], trace: { metadata: {} } }],
  [{ trace: ["x"] }, { cut: ["trace"] }],
  [{ trace: { trace_name: "n".repeat(400) } }, { cut: ["trace.trace_name"] }],
  [{ trace: { trace_id: ["x"] } }, { cut: ["trace.trace_id"], trace: { metadata: {} } }],
  [{ trace: { tags: "a, b,,c" } }, { tags: ["a", "b", "c"] }],
  [{ trace: { tags: { a: 1 } } }, { tags: [], cut: ["trace.tags"] }],
  [{ trace: { tags: ["t".repeat(200)] } }, { cut: ["trace.tags"] }],
  [{ trace: { long: "y".repeat(20_000) } }, { cut: ["trace.long"] }],
])("%j is cut, never refused", (body, expected) => {
  expect(tracingFieldsOf(body)).toMatchObject(expected);
});

test("long ids that differ stay different, equal ones equal", () => {
  const idOf = (trace_id: string) => tracingFieldsOf({ trace: { trace_id } }).trace.traceId;
  const long = "x".repeat(5000);
  expect(idOf(`${long}a`)).not.toBe(idOf(`${long}b`));
  expect(idOf(`${long}a`)).toBe(idOf(`${long}a`));
  expect(idOf(`${long}a`)).toHaveLength(256);
});

test("keys that mean something to JavaScript are left out", () => {
  const trace = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":1,"ok":{"__proto__":{"x":1},"y":2}}',
  ) as JsonObject;
  const { metadata } = tracingFieldsOf({ trace }).trace;
  expect(metadata).toEqual({ ok: { y: 2 } });
  expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("for anything a request may say: no throw, and everything within its bounds", () => {
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 400 }), fc.constant("z".repeat(30_000)));
  const odd = fc.oneof(text, fc.jsonValue(), fc.array(text));
  const trace = fc.oneof(
    odd,
    fc.dictionary(fc.oneof(text, fc.constantFrom("trace_id", "trace_name", "tags", "span_name")), odd, {
      maxKeys: 20,
    }),
  );
  fc.assert(
    fc.property(odd, odd, trace, fc.option(text, { nil: undefined }), (user, session_id, trace, header) => {
      const fields = tracingFieldsOf({ user, session_id, trace } as JsonObject, header);
      for (const value of [
        fields.user,
        fields.sessionId,
        fields.trace.traceId,
        fields.trace.traceName,
        ...fields.tags,
      ]) {
        if (value === undefined) continue;
        expect(value.length).toBeGreaterThan(0);
        expect(value.length).toBeLessThanOrEqual(256);
        expect(value.isWellFormed()).toBe(true);
      }
      expect(fields.tags.length).toBeLessThanOrEqual(50);
      expect(JSON.stringify(fields.trace.metadata).length).toBeLessThan(70_000 * 6);
    }),
  );
});

test("a parameter that is not known to be harmless is content", () => {
  const marker = "what the user wants";
  const body = {
    model: "m",
    temperature: 0.5,
    seed: 12,
    service_tier: "flex",
    tool_choice: "auto",
    reasoning: { effort: "high", max_tokens: 10 },
    stream_options: { include_usage: true },
    parallel_tool_calls: false,
    tools: [{ type: "function", function: { name: marker } }],
    stop: [marker],
    response_format: { type: "json_schema", json_schema: { name: marker } },
    verbosity: marker,
    surprise: marker,
    nothing: null,
  };
  const { parameters, contentParameters } = parametersOf(body, []);
  expect(parameters).toEqual({
    temperature: 0.5,
    seed: 12,
    service_tier: "flex",
    tool_choice: "auto",
    reasoning: { effort: "high", max_tokens: 10 },
    stream_options: { include_usage: true },
    parallel_tool_calls: false,
  });
  expect(Object.keys(contentParameters ?? {})).toEqual([
    "tools",
    "stop",
    "response_format",
    "verbosity",
    "surprise",
  ]);
  for (const key of ["tool_choice", "reasoning", "stream_options", "temperature", "n"]) {
    expect(JSON.stringify(parametersOf({ [key]: { x: marker } }, []).parameters)).not.toContain(marker);
  }
});
