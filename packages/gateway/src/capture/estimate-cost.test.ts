import { callTraceEvent } from "@tracecast/core";
import type { Json } from "@tracecast/core";
import { expect, test } from "vitest";
import { costEstimator } from "./estimate-cost.ts";

// 2025-11-01, when these models had these prices.
const startMs = Date.UTC(2025, 10, 1);
const call = (model: string, usage: Json) =>
  callTraceEvent({
    operation: "chat",
    startMs,
    endMs: startMs + 1,
    request: { model },
    response: { kind: "json", status: 200, body: { model, usage, choices: [] } },
  });
const openai = costEstimator("https://api.openai.com/v1");
const counts = { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 400 } };

test("a cost that nobody reported is worked out from list prices, cached tokens at theirs, and marked", () => {
  const { cost } = openai(call("gpt-4o-mini-2024-07-18", counts));
  // USD a million tokens: 0.15 in, 0.075 in from the cache, 0.60 out.
  expect(cost?.inputUsd).toBeCloseTo((600 * 0.15 + 400 * 0.075) / 1e6, 12);
  expect(cost?.outputUsd).toBeCloseTo((100 * 0.6) / 1e6, 12);
  expect(cost?.totalUsd).toBeCloseTo(0.00018, 12);
  expect(cost?.estimated).toBe(true);
});

test.each<[string, string, string, Json]>([
  [
    "what the provider charged is known",
    "https://api.openai.com/v1",
    "gpt-4o-mini",
    { ...counts, cost: 0.5 },
  ],
  ["nobody knows the model", "https://api.openai.com/v1", "my-own-model", counts],
  ["nobody knows the provider", "http://llm.internal/v1", "gpt-4o-mini", counts],
  ["a count is missing", "https://api.openai.com/v1", "gpt-4o-mini", { prompt_tokens: 1000 }],
  [
    "there was sound",
    "https://api.openai.com/v1",
    "gpt-4o-mini",
    { ...counts, completion_tokens_details: { audio_tokens: 5 } },
  ],
])("nothing is estimated where %s", (_, url, model, usage) => {
  const event = call(model, usage);
  expect(costEstimator(url)(event)).toBe(event);
});
