import type { FilterRules, Rule } from "./api.ts";

const fields = [
  "model",
  "provider",
  "session_id",
  "user_id",
  "api_key_name",
  "finish_reason",
  "input",
  "output",
  "total_cost",
  "total_tokens",
  "prompt_tokens",
  "completion_tokens",
];
const numeric = new Set(["total_cost", "total_tokens", "prompt_tokens", "completion_tokens"]);
const textOperators = [
  "equals",
  "not_equals",
  "contains",
  "not_contains",
  "regex",
  "starts_with",
  "ends_with",
  "exists",
  "not_exists",
];
const numberOperators = ["equals", "not_equals", "gt", "lt", "gte", "lte", "exists", "not_exists"];
const unary = new Set(["exists", "not_exists"]);

/** Rules as they are edited. */
export interface RulesBuilderProps {
  readonly rules: FilterRules | null;
  readonly onChange: (rules: FilterRules | null) => void;
}

/** Rules in groups: a trace is sent if one group agrees, and a group does if all its rules do. */
export function RulesBuilder({ rules, onChange }: RulesBuilderProps) {
  const groups = rules?.groups ?? [];
  const set = (place: number, changed: readonly Rule[]) => {
    const next = groups
      .map((group, at) => (at === place ? { ...group, rules: changed } : group))
      .filter((group) => group.rules.length > 0);
    onChange(next.length > 0 ? { ...rules, groups: next } : null);
  };
  const addGroup = () => onChange({ ...rules, groups: [...groups, { logic: "and", rules: [blank] }] });
  return (
    <fieldset>
      <legend>Filter rules</legend>
      <p class="hint">Without rules every trace is sent. With them, those that a group agrees to.</p>
      {groups.map((group, place) => (
        <div key={place} class="group" role="group" aria-label={`Group ${place + 1}`}>
          {place > 0 && <p class="or">or</p>}
          {group.rules.map((rule, at) => (
            <RuleRow
              key={at}
              label={`group ${place + 1} rule ${at + 1}`}
              rule={rule}
              onChange={(changed) =>
                set(
                  place,
                  group.rules.map((one, which) => (which === at ? changed : one)),
                )
              }
              onRemove={() =>
                set(
                  place,
                  group.rules.filter((_, which) => which !== at),
                )
              }
            />
          ))}
          <button type="button" class="quiet" onClick={() => set(place, [...group.rules, blank])}>
            {group.logic === "or" ? "or" : "and"} …
          </button>
        </div>
      ))}
      <button type="button" onClick={addGroup}>
        Add a group of rules
      </button>
    </fieldset>
  );
}

const blank: Rule = { field: "model", operator: "equals", value: "" };

interface RuleRowProps {
  readonly label: string;
  readonly rule: Rule;
  readonly onChange: (rule: Rule) => void;
  readonly onRemove: () => void;
}

function RuleRow({ label, rule, onChange, onRemove }: RuleRowProps) {
  const operators = numeric.has(rule.field) ? numberOperators : textOperators;
  const change = (field: string, operator: string, value: string) => {
    const isNumber = numeric.has(field);
    const fitting = (isNumber ? numberOperators : textOperators).includes(operator) ? operator : "equals";
    onChange({
      field,
      operator: fitting,
      ...(!unary.has(fitting) && { value: isNumber ? Number(value) || 0 : value }),
    });
  };
  const value = String(rule.value ?? "");
  return (
    <div class="rule">
      <select
        aria-label={`Field of ${label}`}
        value={rule.field}
        onChange={(event) => change(event.currentTarget.value, rule.operator, value)}
      >
        {fields.map((field) => (
          <option key={field}>{field}</option>
        ))}
      </select>
      <select
        aria-label={`Operator of ${label}`}
        value={rule.operator}
        onChange={(event) => change(rule.field, event.currentTarget.value, value)}
      >
        {operators.map((operator) => (
          <option key={operator}>{operator}</option>
        ))}
      </select>
      {!unary.has(rule.operator) && (
        <input
          aria-label={`Value of ${label}`}
          type={numeric.has(rule.field) ? "number" : "text"}
          step="any"
          value={value}
          onInput={(event) => change(rule.field, rule.operator, event.currentTarget.value)}
        />
      )}
      <button type="button" class="quiet" aria-label={`Remove ${label}`} onClick={onRemove}>
        ✕
      </button>
    </div>
  );
}
