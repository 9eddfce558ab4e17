import type { TraceEvent } from "@tracecast/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { event } from "../../../test/event.ts";
import { scriptedDestination } from "../../../test/scripted-destination.ts";
import { createDispatcher } from "../../dispatcher.ts";
import { parseSettings } from "../../settings.ts";
import { judge } from "../admit.ts";
import { previewPolicy } from "../preview.ts";
import { contentText, factsOf } from "./event-facts.ts";
import { createFilter } from "./filter.ts";
import { filterFields, filterOperators, filterRulesSchema } from "./filter-rules.ts";
import type { FilterRuleSettings } from "./filter-rules.ts";

const answered = event({
  model: { requested: "openai/gpt-4o", resolved: "gpt-4o-2024-08-06" },
  provider: "OpenAI",
  apiKey: { hash: "a".repeat(64), name: "Production" },
  finishReason: { normalized: "stop", native: "end_turn" },
  usage: { promptTokens: 12, completionTokens: 0, totalTokens: 12 },
  cost: { totalUsd: 0.002 },
  user: "ada",
  sessionId: "s-1",
  input: [{ role: "user", content: [{ type: "text", text: "a secret question" }] }],
  output: [
    { message: { role: "assistant", tool_calls: [{ function: { name: "look_up", arguments: "{}" } }] } },
  ],
});

const settingsOf = (filterRules: object) =>
  parseSettings({
    name: "x",
    type: scriptedDestination().type,
    config: {},
    filterRules: filterRules as never,
  });
const wants = (rule: object, what: TraceEvent = answered) =>
  judge(what)(settingsOf({ groups: [{ rules: [rule] }] }).policy).admitted;

test.each([
  ["model", "equals", "openai/gpt-4o", true],
  ["model", "equals", "gpt-4o-2024-08-06", true],
  ["model", "equals", "gpt-4", false],
  ["model", "not_equals", "openai/gpt-4o", false],
  ["model", "not_equals", "gpt-4", true],
  ["model", "starts_with", "openai/", true],
  ["model", "ends_with", "-06", true],
  ["model", "regex", "gpt-4o?-20\\d\\d", true],
  ["provider", "contains", "open", false],
  ["provider", "contains", "Open", true],
  ["session_id", "exists", undefined, true],
  ["user_id", "equals", "ada", true],
  ["api_key_name", "equals", "Production", true],
  ["finish_reason", "equals", "end_turn", true],
  ["finish_reason", "equals", "stop", true],
  ["input", "contains", "secret question", true],
  ["input", "not_contains", "secret question", false],
  ["input", "contains", "user", false],
  ["output", "contains", "look_up", true],
  ["total_cost", "gt", 0.001, true],
  ["total_cost", "gt", "0.01", false],
  ["total_tokens", "gte", 12, true],
  ["total_tokens", "lte", 11, false],
  ["prompt_tokens", "equals", "12", true],
  ["completion_tokens", "lt", 1, true],
  ["completion_tokens", "exists", undefined, true],
] as const)("%s %s %s: %s", (field, operator, value, expected) => {
  expect(wants({ field, operator, value })).toBe(expected);
});

test("of a field that is missing, only what it is not is true", () => {
  const bare = event({ input: undefined, output: undefined, model: {} });
  for (const field of filterFields) {
    for (const operator of filterOperators) {
      const rule = { field, operator, value: "5" };
      if (!filterRulesSchema.safeParse({ groups: [{ rules: [rule] }] }).success) continue;
      expect([field, operator, wants(rule, bare)]).toEqual([field, operator, operator.startsWith("not_")]);
    }
  }
});

const rule = fc
  .record({
    field: fc.constantFrom(...filterFields),
    operator: fc.constantFrom(...filterOperators),
    value: fc.constantFrom("openai/gpt-4o", "a", "12", 12, 0),
  })
  .filter((one) => filterRulesSchema.safeParse({ groups: [{ rules: [one] }] }).success);

test("whatever is said of a field, its opposite is the opposite", () => {
  fc.assert(
    fc.property(rule, (one) => {
      const opposite = { ...one, operator: `not_${one.operator}` };
      if ((filterOperators as readonly string[]).includes(opposite.operator))
        expect(wants(opposite)).toBe(!wants(one));
    }),
  );
});

test("rules of a group are joined as it says, groups by or; empty ones do not count", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ logic: fc.constantFrom("and", "or"), rules: fc.array(rule, { maxLength: 3 }) }), {
        maxLength: 3,
      }),
      (groups) => {
        const filter = createFilter({ groups } as never);
        const counted = groups.filter(({ rules }) => rules.length > 0);
        const expected =
          counted.length === 0 ||
          counted.some(({ logic, rules }) =>
            logic === "and" ? rules.every((one) => wants(one)) : rules.some((one) => wants(one)),
          );
        expect(filter?.admits(factsOf(answered)) ?? true).toBe(expected);
      },
    ),
  );
});

test("rules that are switched off admit everything", () => {
  expect(
    createFilter({
      enabled: false,
      groups: [{ rules: [{ field: "user_id", operator: "equals", value: "x" }] }],
    }),
  ).toBeUndefined();
});

test.each<[object, RegExp]>([
  [
    { field: "model", operator: "gt", value: 3 },
    /groups\.0\.rules\.0\.operator does not fit, for model is a text/,
  ],
  [
    { field: "total_cost", operator: "contains", value: "1" },
    /operator does not fit, for total_cost is a number/,
  ],
  [{ field: "total_cost", operator: "gt", value: "much" }, /value must be a number/],
  [{ field: "model", operator: "equals" }, /value is needed by equals/],
  [
    { field: "model", operator: "regex", value: "(?=a)" },
    /value is not a regular expression in RE2's syntax/,
  ],
  [{ field: "colour", operator: "equals", value: "red" }, /groups\.0\.rules\.0\.field/],
  [{ field: "model", operator: "is", value: "red" }, /groups\.0\.rules\.0\.operator/],
  [{ field: "model", operator: "equals", value: true }, /groups\.0\.rules\.0\.value/],
])("%j is refused where it is wrong", (wrong, complaint) => {
  expect(() => settingsOf({ groups: [{ rules: [wrong] }] })).toThrow(complaint);
});

test("a pattern that would keep a backtracking engine busy for ever is answered", () => {
  const hostile = event({ input: `${"a".repeat(50_000)}!` });
  expect(wants({ field: "input", operator: "regex", value: "^(a+)+$" }, hostile)).toBe(false);
});

test("of a very long content the first million characters are searched", () => {
  const long = ["x".repeat(900_000), "y".repeat(900_000), "z"];
  expect(contentText(long)).toHaveLength(1_000_000);
  expect(contentText(long)).not.toContain("z");
});

test("an excluded key is excluded, also where it is included", () => {
  const policyOf = (settings: object) =>
    parseSettings({ name: "x", type: scriptedDestination().type, config: {}, ...settings }).policy;
  const hash = "a".repeat(64);
  expect(judge(answered)(policyOf({ apiKeyHashes: [hash], excludedApiKeyHashes: [hash] }))).toEqual({
    admitted: false,
    by: "api_key",
  });
  expect(judge(event())(policyOf({ excludedApiKeyHashes: [hash] }))).toEqual({ admitted: true });
});

test("only what fits is sent; the rest is counted and explained, and can be foreseen", async () => {
  const { type, sent } = scriptedDestination({ maxDelayMs: 0 });
  const rules: readonly FilterRuleSettings[] = [
    { field: "user_id", operator: "equals", value: "ada" },
    { field: "input", operator: "contains", value: "secret" },
  ];
  const dispatcher = createDispatcher({
    destinations: [{ name: "a", type, config: {}, privacyMode: true, filterRules: { groups: [{ rules }] } }],
  });
  const [fits, other] = [event({ user: "ada" }), event({ user: "bob" })];
  expect(dispatcher.dryRun(other)).toEqual([
    { destinationId: "a", admitted: false, by: "filter_rules", failing: ["groups.0.rules.0"] },
  ]);
  expect(dispatcher.dryRun(fits)).toEqual([{ destinationId: "a", admitted: true }]);
  // A draft of the same rules says the same.
  expect(previewPolicy({ filterRules: { groups: [{ rules }] } }, [fits, other])).toEqual([
    { admitted: true },
    { admitted: false, by: "filter_rules", failing: ["groups.0.rules.0"] },
  ]);
  expect(previewPolicy({ enabled: false }, [fits])).toEqual([{ admitted: false, by: "disabled" }]);
  expect(() => previewPolicy({ samplingRate: 2 }, [])).toThrow(/^The policy .*samplingRate/);
  dispatcher.publish(fits);
  dispatcher.publish(other);
  await dispatcher.close({ timeoutMs: 5000 });
  expect(sent).toEqual([[fits.id]]);
  expect(dispatcher.stats()).toMatchObject([{ published: 2, delivered: 1, filtered: { filter_rules: 1 } }]);
  expect(dispatcher.explain(other.id)).toMatchObject([
    { destinations: { a: { state: "filtered", by: "filter_rules" } } },
  ]);
});
