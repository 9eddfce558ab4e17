import { RE2JS } from "re2js";
import type { EventFacts } from "./event-facts.ts";
import { isNumeric } from "./filter-rules.ts";
import type { FilterRuleSettings, FilterRulesSettings } from "./filter-rules.ts";

/** Filter rules, ready to be asked. */
export interface Filter {
  /** Whether an event fits. */
  admits(facts: EventFacts): boolean;
  /** The places of the rules that do not fit an event, such as `groups.0.rules.1`. */
  failing(facts: EventFacts): readonly string[];
}

interface Group {
  readonly index: number;
  readonly logic: "and" | "or";
  readonly rules: readonly Condition[];
}

type Condition = (facts: EventFacts) => boolean;

/** Makes rules, checked before, ready; patterns are compiled here. Undefined where they admit everything. */
export function createFilter(settings: FilterRulesSettings | null | undefined): Filter | undefined {
  if (!settings || settings.enabled === false) return undefined;
  const groups = settings.groups
    .map(({ logic = "and", rules }, index): Group => ({ index, logic, rules: rules.map(conditionOf) }))
    .filter(({ rules }) => rules.length > 0);
  if (groups.length === 0) return undefined;
  return {
    admits: (facts) => groups.some((group) => fits(group, facts)),
    failing: (facts) =>
      groups.flatMap(({ index, rules }) =>
        rules.flatMap((holds, rule) => (holds(facts) ? [] : [`groups.${index}.rules.${rule}`])),
      ),
  };
}

const fits = ({ logic, rules }: Group, facts: EventFacts): boolean =>
  logic === "and" ? rules.every((holds) => holds(facts)) : rules.some((holds) => holds(facts));

/**
 * A rule as a question. One that says what a field is holds where any of its values is so, and not where it has none; one that says what it is
 * not is exactly the opposite.
 */
function conditionOf({ field, operator, value = "" }: FilterRuleSettings): Condition {
  const positive = operator.replace(/^not_/, "") as keyof typeof tests;
  const isSo = tests[positive](isNumeric(field) ? Number(value) : String(value));
  const holds: Condition = (facts) => facts(field).some(isSo);
  return positive === operator ? holds : (facts) => !holds(facts);
}

type Test = (found: string | number) => boolean;

const tests = {
  equals: (value) => (found) => found === value,
  contains: (value) => (found) => String(found).includes(String(value)),
  starts_with: (value) => (found) => String(found).startsWith(String(value)),
  ends_with: (value) => (found) => String(found).endsWith(String(value)),
  regex: (value) => {
    const pattern = RE2JS.compile(String(value));
    return (found) => pattern.matcher(String(found)).find();
  },
  gt: (value) => (found) => Number(found) > Number(value),
  lt: (value) => (found) => Number(found) < Number(value),
  gte: (value) => (found) => Number(found) >= Number(value),
  lte: (value) => (found) => Number(found) <= Number(value),
  exists: () => () => true,
} satisfies Record<string, (value: string | number) => Test>;
