import { z } from "zod";
import { RE2JS } from "re2js";

/** The fields of an event that a rule may look at. The last four are numbers, `total_cost` in USD; the others are texts. */
export const filterFields = [
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
] as const;

/** What a rule may ask of a field. */
export const filterOperators = [
  "equals",
  "not_equals",
  "contains",
  "not_contains",
  "regex",
  "starts_with",
  "ends_with",
  "gt",
  "lt",
  "gte",
  "lte",
  "exists",
  "not_exists",
] as const;

/** A field of an event that a rule may look at. */
export type FilterField = (typeof filterFields)[number];
/** What a rule may ask of a field. */
export type FilterOperator = (typeof filterOperators)[number];

/** One condition. */
export interface FilterRuleSettings {
  readonly field: FilterField;
  readonly operator: FilterOperator;
  /** What the field is compared with; not needed by `exists` and `not_exists`. */
  readonly value?: string | number | undefined;
}

/** Which events a destination wants: those that fit any of the groups. No group that has a rule: all of them. */
export interface FilterRulesSettings {
  /** @defaultValue true */
  readonly enabled?: boolean | undefined;
  readonly groups: readonly {
    /** How the rules of the group are joined. @defaultValue "and" */
    readonly logic?: "and" | "or" | undefined;
    readonly rules: readonly FilterRuleSettings[];
  }[];
}

const numbers: ReadonlySet<string> = new Set<FilterField>([
  "total_cost",
  "total_tokens",
  "prompt_tokens",
  "completion_tokens",
]);
const forBoth: ReadonlySet<string> = new Set<FilterOperator>([
  "equals",
  "not_equals",
  "exists",
  "not_exists",
]);
const forNumbers: ReadonlySet<string> = new Set<FilterOperator>(["gt", "lt", "gte", "lte"]);

/** Whether a field is a number. */
export const isNumeric = (field: FilterField): boolean => numbers.has(field);

const rule = z
  .object({
    field: z.enum(filterFields),
    operator: z.enum(filterOperators),
    value: z.union([z.string().max(1000), z.number()]).optional(),
  })
  .superRefine((given, context) => {
    const complaint = complaintAbout(given);
    if (complaint) context.addIssue({ code: "custom", path: [complaint.at], message: complaint.message });
  });

/** Checks filter rules. The names are those of OpenRouter's API, so that what is written in a file and what is sent there read alike. */
export const filterRulesSchema = z.object({
  enabled: z.boolean().default(true),
  groups: z
    .array(z.object({ logic: z.enum(["and", "or"]).default("and"), rules: z.array(rule).max(100) }))
    .max(100),
});

interface Complaint {
  readonly at: "operator" | "value";
  readonly message: string;
}

function complaintAbout({ field, operator, value }: FilterRuleSettings): Complaint | undefined {
  const about = (at: Complaint["at"], message: string): Complaint => ({ at, message });
  if (!forBoth.has(operator) && forNumbers.has(operator) !== isNumeric(field)) {
    const kind = isNumeric(field)
      ? "a number; use equals, gt, lt, gte, lte or exists"
      : "a text; gt, lt, gte and lte are for numbers";
    return about("operator", `does not fit, for ${field} is ${kind}`);
  }
  if (operator === "exists" || operator === "not_exists") return undefined;
  if (value === undefined || value === "") return about("value", `is needed by ${operator}`);
  if (isNumeric(field) && !Number.isFinite(Number(value)))
    return about("value", `must be a number, for ${field} is one`);
  return operator === "regex" ? complaintAboutPattern(String(value)) : undefined;
}

function complaintAboutPattern(pattern: string): Complaint | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it cannot be read";
    return {
      at: "value",
      message: `is not a regular expression in RE2's syntax, which has no look-around and no back-references (${reason})`,
    };
  }
}
