import { callTraceEvent } from "@tracecast/core";
import type { Json, TraceEvent } from "@tracecast/core";
import { expect, test } from "vitest";
import { costEstimator } from "./estimate-cost.ts";
import { priceOf } from "./own-prices.ts";

const call = (model: string, usage: Json): TraceEvent =>
  callTraceEvent({
    operation: "chat",
    startMs: 1,
    endMs: 2,
    request: { model: "asked" },
    response: { kind: "json", status: 200, body: { model, usage, choices: [] } },
  });
const counts = { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 400 } };
const url = "https://llm.example.com/v1";

test("what a model costs by the operator's own prices is marked as an estimate, whoever the provider is", () => {
  const estimated = costEstimator(url, [{ model: "acme/*", input: 2, output: 10, cached: 1 }]);
  expect(estimated(call("acme/large", counts)).cost).toEqual({
    inputUsd: (600 * 2 + 400) / 1e6,
    outputUsd: 1000 / 1e6,
    totalUsd: 2600 / 1e6,
    estimated: true,
  });
  // They go before list prices.
  const own = costEstimator("https://api.openai.com/v1", [
    { model: "gpt-4o-mini", input: 0, output: 0, cached: 0 },
  ]);
  expect(own(call("gpt-4o-mini", counts)).cost?.totalUsd).toBe(0);
});

test("nothing is invented: not for other models, not for kinds of tokens without a price, not where a cost was reported", () => {
  const prices = [{ model: "acme/*", input: 2, output: 10 }];
  for (const event of [
    call("other", counts),
    call("acme/large", counts),
    call("acme/large", { prompt_tokens: 5 }),
    call("acme/large", { prompt_tokens: 5, completion_tokens: 1, cost: 0.5 }),
    call("acme/large", {
      prompt_tokens: 5,
      completion_tokens: 1,
      prompt_tokens_details: { audio_tokens: 3 },
    }),
  ])
    expect(costEstimator(url, prices)(event)).toBe(event);
});

test.each([
  ["gpt-4o", "gpt-4o", true],
  ["gpt-4o", "gpt-4o-mini", false],
  ["gpt-*", "gpt-4o", true],
  ["*", "anything", true],
  ["*/large-*-v?", "acme/large-1-v?", true],
  ["a*b*a", "aba", true],
  ["a*a", "a", false],
  ["a*b*c", "acb", false],
  ["g.t*", "gpt", false],
])("the pattern %s and the model %s: %s", (model, resolved, isFitting) => {
  expect(priceOf([{ model, input: 1, output: 1 }], { resolved }) !== undefined).toBe(isFitting);
});
