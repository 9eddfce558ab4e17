import type { FilterRules, Rule, RuleGroup } from "../api.ts";
import { fieldWords, isNumeric, needsValue, operatorWords } from "./rule-words.ts";

/** Rules as they are edited. */
export interface RulesBuilderProps {
  readonly rules: FilterRules | null;
  /** What the gateway objects to, by places such as `filter_rules.groups.0.rules.1.value`. */
  readonly complaints: ReadonlyMap<string, string>;
  readonly onChange: (rules: FilterRules | null) => void;
}

const blank: Rule = { field: "model", operator: "equals", value: "" };

/** Rules in groups: a trace is sent if one group agrees to it. */
export function RulesBuilder({ rules, complaints, onChange }: RulesBuilderProps) {
  const groups = rules?.groups ?? [];
  const put = (place: number, changed: RuleGroup) => {
    const next = groups
      .map((group, at) => (at === place ? changed : group))
      .filter((group) => group.rules.length > 0);
    onChange(next.length > 0 ? { ...rules, groups: next } : null);
  };
  const addGroup = () => onChange({ ...rules, groups: [...groups, { logic: "and", rules: [blank] }] });
  return (
    <fieldset>
      <legend>Filter rules</legend>
      <p class="hint">
        {groups.length === 0
          ? "Without rules every trace is sent."
          : "A trace is sent if one of the groups agrees to it."}
      </p>
      {groups.map((group, place) => (
        <div key={place}>
          {place > 0 && <p class="or">or</p>}
          <Group
            group={group}
            number={place + 1}
            complaintAt={(rule) => complaints.get(`filter_rules.groups.${place}.rules.${rule}.value`)}
            onChange={(changed) => put(place, changed)}
          />
        </div>
      ))}
      <div class="buttons tight">
        <button type="button" class="small" onClick={addGroup}>
          Add a group of rules
        </button>
      </div>
    </fieldset>
  );
}

interface GroupProps {
  readonly group: RuleGroup;
  readonly number: number;
  readonly complaintAt: (rule: number) => string | undefined;
  readonly onChange: (group: RuleGroup) => void;
}

function Group({ group, number, complaintAt, onChange }: GroupProps) {
  const { rules } = group;
  return (
    <div class="group" role="group" aria-label={`Group ${number}`}>
      {rules.length > 1 && (
        <label class="logic">
          <select
            value={group.logic ?? "and"}
            onChange={(event) =>
              onChange({ ...group, logic: event.currentTarget.value === "or" ? "or" : "and" })
            }
          >
            <option value="and">All</option>
            <option value="or">Any</option>
          </select>
          of these rules must hold
        </label>
      )}
      {rules.map((rule, at) => (
        <RuleRow
          key={at}
          label={`group ${number} rule ${at + 1}`}
          rule={rule}
          complaint={complaintAt(at)}
          onChange={(changed) =>
            onChange({ ...group, rules: rules.map((one, which) => (which === at ? changed : one)) })
          }
          onRemove={() => onChange({ ...group, rules: rules.filter((_, which) => which !== at) })}
        />
      ))}
      <button
        type="button"
        class="small quiet"
        aria-label={`Add a rule to group ${number}`}
        onClick={() => onChange({ ...group, rules: [...rules, blank] })}
      >
        + Add a rule
      </button>
    </div>
  );
}

interface RuleRowProps {
  readonly label: string;
  readonly rule: Rule;
  readonly complaint: string | undefined;
  readonly onChange: (rule: Rule) => void;
  readonly onRemove: () => void;
}

function RuleRow({ label, rule, complaint, onChange, onRemove }: RuleRowProps) {
  const operators = operatorWords(rule.field);
  const change = (field: string, operator: string, value: string) => {
    const fitting = operator in operatorWords(field) ? operator : "equals";
    const typed = isNumeric(field) && value.trim() !== "" && Number.isFinite(Number(value));
    onChange({
      field,
      operator: fitting,
      ...(needsValue(fitting) && { value: typed ? Number(value) : value }),
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
        {Object.entries(fieldWords).map(([field, words]) => (
          <option key={field} value={field}>
            {words}
          </option>
        ))}
      </select>
      <select
        aria-label={`Operator of ${label}`}
        value={rule.operator}
        onChange={(event) => change(rule.field, event.currentTarget.value, value)}
      >
        {Object.entries(operators).map(([operator, words]) => (
          <option key={operator} value={operator}>
            {words}
          </option>
        ))}
      </select>
      {needsValue(rule.operator) ? (
        <input
          aria-label={`Value of ${label}`}
          aria-invalid={complaint === undefined ? undefined : true}
          inputMode={isNumeric(rule.field) ? "decimal" : "text"}
          autocomplete="off"
          spellcheck={false}
          value={value}
          onInput={(event) => change(rule.field, rule.operator, event.currentTarget.value)}
        />
      ) : (
        <span />
      )}
      <button type="button" class="quiet" aria-label={`Remove ${label}`} onClick={onRemove}>
        ✕
      </button>
      {complaint && <p class="complaint">The value {complaint}</p>}
    </div>
  );
}
