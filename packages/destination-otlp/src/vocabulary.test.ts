import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SemanticConventions } from "@arizeai/openinference-semantic-conventions";
import type { TraceEvent } from "@tracecast/core";
import { sampleTraceEvent, withoutContent } from "@tracecast/destination-testkit";
import { expect, test } from "vitest";
import type { Dialect } from "./dialects/dialect.ts";
import { langfuseDialect } from "./dialects/langfuse.ts";
import { langsmithDialect } from "./dialects/langsmith.ts";
import { openInference } from "./dialects/openinference.ts";
import { exportJson } from "./export-request.ts";
import { encodeSpans } from "./span-piece.ts";
import { attributesOf, readJson, spansIn } from "../test/otlp-definitions.ts";

const { resolve } = createRequire(import.meta.url);

const failed = sampleTraceEvent({ error: { status: 502, type: "upstream_error", message: "Bad gateway" } });

function attributesFor(dialect: Dialect, event: TraceEvent): readonly Readonly<Record<string, unknown>>[] {
  const pieces = encodeSpans(event, dialect, { maxBytes: 4_000_000, maxTextLength: 10_000_000 });
  const body = exportJson("[]", pieces);
  return spansIn(readJson(body)).map(attributesOf);
}

const parsed = (value: unknown): unknown => JSON.parse(String(value));

test("Langfuse is told what its own client would tell it", () => {
  const source = readFileSync(resolve("@langfuse/core"), "utf8");
  const known = new Set(
    [...source.matchAll(/LangfuseOtelSpanAttributes2?\["\w+"\] = "([^"]+)"/g)].map(([, name]) => name),
  );
  expect(known).toContain("langfuse.observation.input");
  const all = attributesFor(langfuseDialect, failed);
  for (const name of all.flatMap((attributes) => Object.keys(attributes))) {
    if (!name.startsWith("langfuse.") || name.startsWith("langfuse.trace.metadata.")) continue;
    expect(known).toContain(name);
  }
  const [root, , generation = {}] = all;
  expect(root).toMatchObject({
    "langfuse.observation.type": "span",
    "langfuse.trace.name": "Trip Planning",
    "langfuse.trace.tags": ["production", "weather"],
    "langfuse.environment": "production",
    "user.id": "user_12345",
    "session.id": "session_67890",
  });
  expect(generation).toMatchObject({
    "langfuse.observation.type": "generation",
    "langfuse.observation.level": "ERROR",
    "langfuse.observation.status_message": "Bad gateway",
    "langfuse.observation.completion_start_time": "2026-01-02T03:04:05.520Z",
    "langfuse.trace.metadata.attempt": 2,
  });
  expect(parsed(generation["langfuse.observation.input"])).toEqual(failed.input);
  expect(parsed(generation["langfuse.observation.output"])).toEqual(failed.output);
  // The parts add up to what the provider counted.
  expect(parsed(generation["langfuse.observation.usage_details"])).toEqual({
    input: 176,
    input_cached_tokens: 1024,
    output: 112,
    output_reasoning_tokens: 128,
    total: 1440,
  });
  expect(parsed(generation["langfuse.observation.cost_details"])).toEqual({
    input: 0.000_069_6,
    output: 0.000_48,
    total: 0.000_549_6,
  });
});

test("an environment that Langfuse would refuse stays metadata", () => {
  const event = sampleTraceEvent({ trace: { metadata: { environment: "Prod EU" } } });
  const [generation] = attributesFor(langfuseDialect, event);
  expect(generation).not.toHaveProperty("langfuse.environment");
  expect(generation).toHaveProperty(["langfuse.trace.metadata.environment"], "Prod EU");
});

test("LangSmith is told what its own client would tell it", () => {
  const folder = dirname(resolve("langsmith"));
  const source = readFileSync(join(folder, "dist/experimental/otel/constants.js"), "utf8");
  const known = new Set([...source.matchAll(/= "([^"]+)"/g)].map(([, name]) => name));
  expect(known).toContain("langsmith.span.kind");
  const all = attributesFor(langsmithDialect, failed);
  for (const name of all.flatMap((attributes) => Object.keys(attributes))) {
    if (!name.startsWith("langsmith.") || name.startsWith("langsmith.metadata.")) continue;
    expect(known).toContain(name);
  }
  const [root, , generation = {}] = all;
  expect(root).toMatchObject({
    "langsmith.span.kind": "chain",
    "langsmith.span.tags": "production, weather",
    "langsmith.metadata.session_id": "session_67890",
  });
  expect(generation["langsmith.span.kind"]).toBe("llm");
  expect(parsed(generation["gen_ai.prompt"])).toEqual({ messages: failed.input });
  expect(parsed(generation["gen_ai.completion"])).toEqual({ choices: failed.output });
  expect(parsed(generation["langsmith.usage_metadata"])).toMatchObject({
    input_tokens: 1200,
    input_token_details: { cache_read: 1024 },
    output_token_details: { reasoning: 128 },
    total_cost: 0.000_549_6,
  });
});

test("Arize is told what OpenInference has words for", () => {
  const known = new Set<string>(Object.values(SemanticConventions));
  const all = attributesFor(openInference, failed);
  const unnumbered = (name: string) =>
    name.split(/\.\d+\./).flatMap((part) => (part.startsWith("metadata.") ? ["metadata"] : [part]));
  for (const name of all.flatMap((attributes) => Object.keys(attributes))) {
    if (/^(?:gen_ai|tracecast|error)\./.test(name)) continue;
    for (const part of unnumbered(name)) expect(known).toContain(part.replace("image.image.url", "image"));
  }
  const [root, , generation = {}] = all;
  expect(root).toMatchObject({ "openinference.span.kind": "CHAIN" });
  expect(generation).toMatchObject({
    "openinference.span.kind": "LLM",
    "llm.model_name": "openai/gpt-5-mini-2025-08-07",
    "llm.token_count.prompt": 1200,
    "llm.cost.total": 0.000_549_6,
    "llm.input_messages.0.message.content": "Answer in one sentence.",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "get_weather",
    "tag.tags": ["production", "weather"],
    "metadata.environment": "production",
  });
  expect(parsed(generation["input.value"])).toEqual(failed.input);
});

test("an event without its content names no place for it either", () => {
  for (const dialect of [langfuseDialect, langsmithDialect, openInference]) {
    const names = attributesFor(dialect, withoutContent(failed)).flatMap((attributes) =>
      Object.keys(attributes),
    );
    const content =
      /input\.value|output\.value|messages|prompt$|completion$|observation\.(?:in|out)put|tools/;
    const figures = /^llm\.(?:token_count|cost)\./;
    expect(names.filter((name) => content.test(name) && !figures.test(name))).toEqual([]);
  }
});
