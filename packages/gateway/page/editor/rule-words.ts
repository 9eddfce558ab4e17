import type { FilterRules, Rule } from "../api.ts";

/** The fields a rule may look at, and how people call them. */
export const fieldWords: Readonly<Record<string, string>> = {
  model: "Model",
  provider: "Provider",
  session_id: "Session id",
  user_id: "User id",
  api_key_name: "Name of the API key",
  finish_reason: "Finish reason",
  input: "Input",
  output: "Output",
  total_cost: "Total cost (USD)",
  total_tokens: "Total tokens",
  prompt_tokens: "Prompt tokens",
  completion_tokens: "Completion tokens",
};

const numeric = new Set(["total_cost", "total_tokens", "prompt_tokens", "completion_tokens"]);
const unary = new Set(["exists", "not_exists"]);

/** Whether a field is a number. */
export const isNumeric = (field: string): boolean => numeric.has(field);
/** Whether an operator needs a value to compare with. */
export const needsValue = (operator: string): boolean => !unary.has(operator);

const textOperators: Readonly<Record<string, string>> = {
  equals: "is",
  not_equals: "is not",
  contains: "contains",
  not_contains: "does not contain",
  starts_with: "begins with",
  ends_with: "ends with",
  regex: "matches the pattern",
  exists: "is there",
  not_exists: "is missing",
};
const numberOperators: Readonly<Record<string, string>> = {
  equals: "=",
  not_equals: "≠",
  gt: ">",
  gte: "≥",
  lt: "<",
  lte: "≤",
  exists: "is known",
  not_exists: "is unknown",
};

/** What may be asked of a field, in words. */
export const operatorWords = (field: string): Readonly<Record<string, string>> =>
  isNumeric(field) ? numberOperators : textOperators;

/** A rule as a sentence: `Model begins with “openai/”`. */
export function ruleInWords({ field, operator, value }: Rule): string {
  const words = `${fieldWords[field] ?? field} ${operatorWords(field)[operator] ?? operator}`;
  if (!needsValue(operator)) return words;
  return isNumeric(field) ? `${words} ${value}` : `${words} “${value}”`;
}

/** The rule at a place such as `groups.0.rules.1`. */
export function ruleAt(rules: FilterRules | null, place: string): Rule | undefined {
  const [, group, rule] = /^groups\.(\d+)\.rules\.(\d+)/.exec(place) ?? [];
  return rules?.groups[Number(group)]?.rules[Number(rule)];
}
