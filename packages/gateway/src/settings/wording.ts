import type { z } from "zod";

const kinds: Readonly<Record<string, string>> = {
  object: "an object",
  record: "an object",
  array: "a list",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** What is wrong with a setting, in words for who wrote the file; undefined: zod's own. */
export const wording: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type": {
      const kind = kinds[issue.expected];
      if (issue.input === undefined) return "is missing";
      return kind === undefined ? undefined : `must be ${kind}`;
    }
    case "unrecognized_keys":
      return `has no setting ${issue.keys.map((key) => `"${key}"`).join(" or ")}`;
    case "invalid_value":
      return `must be ${issue.values.length > 1 ? "one of " : ""}${issue.values.map(String).join(", ")}`;
    case "too_small":
      if (issue.origin === "number" || issue.origin === "int") return `must be at least ${issue.minimum}`;
      return "must not be empty";
    case "too_big":
      if (issue.origin === "number" || issue.origin === "int") return `must be at most ${issue.maximum}`;
      return `must have at most ${issue.maximum} ${issue.origin === "string" ? "characters" : "entries"}`;
    default:
      return undefined;
  }
};
