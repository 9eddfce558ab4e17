import { createScanner } from "jsonc-parser";

/** A member of the outermost object of a JSON text, by offsets into it. */
export interface JsonMember {
  readonly name: string;
  /** At the opening quote of its name. */
  readonly start: number;
  /** At the first character of its value. */
  valueStart: number;
  /** Behind the last character of its value. */
  end: number;
}

/**
 * The members of the outermost object of a JSON text, in their order. The text must be one that `JSON.parse` makes an object of. Takes any
 * depth: it counts brackets instead of descending into them.
 */
export function jsonMembers(text: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  const scanner = createScanner(text, true);
  let depth = 0;
  let member: JsonMember | undefined;
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const start = scanner.getTokenOffset();
    const end = start + scanner.getTokenLength();
    const sign = text[start];
    if (sign === "}" || sign === "]") depth -= 1;
    if (depth === 1 && sign === ",") member = undefined;
    else if (depth === 1 && member === undefined) {
      member = { name: scanner.getTokenValue(), start, valueStart: 0, end };
      members.push(member);
    } else if (depth === 1 && member && sign !== ":") {
      member.valueStart ||= start;
      member.end = end;
    }
    if (sign === "{" || sign === "[") depth += 1;
  }
  return members;
}

/**
 * A JSON object's text without some members of it. Every other character stays as it was written: numbers too large for JavaScript, the
 * order of keys, white space. A member goes with the comma before it, or, where none stays before it, with the comma behind it.
 */
export function withoutMembers(text: string, names: ReadonlySet<string>): string {
  const members = jsonMembers(text);
  const [first] = members;
  if (!first || !members.some(({ name }) => names.has(name))) return text;
  const firstKept = members.findIndex(({ name }) => !names.has(name));
  if (firstKept === -1) return text.slice(0, first.start) + text.slice(members.at(-1)?.end);
  const kept = [text.slice(0, first.start)];
  let from = members[firstKept]?.start ?? 0;
  let lastEnd = from;
  for (const { name, end } of members.slice(firstKept)) {
    if (names.has(name)) {
      kept.push(text.slice(from, lastEnd));
      from = end;
    }
    lastEnd = end;
  }
  return kept.join("") + text.slice(from);
}

/** Where the value of a member of a JSON object's text stands; of several of one name, the last, which is the one that counts. */
export function memberValue(
  text: string,
  name: string,
): { readonly start: number; readonly end: number } | undefined {
  const member = jsonMembers(text).findLast((one) => one.name === name);
  return member && { start: member.valueStart, end: member.end };
}
