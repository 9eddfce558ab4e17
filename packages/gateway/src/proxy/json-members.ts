import { visit } from "jsonc-parser";

/** A member of the outermost object of a JSON text, by offsets into it. */
interface Member {
  readonly name: string;
  readonly start: number;
  /** Behind its value: at the comma that follows, or at the closing brace. */
  end: number;
}

/**
 * A JSON text without some members of its outermost object. Every other character stays as it was written: numbers too large for
 * JavaScript, the order of keys, white space. A text whose outermost value is no object is returned as it is.
 */
export function withoutMembers(text: string, names: ReadonlySet<string>): string {
  const members = membersOf(text);
  if (!members.some(({ name }) => names.has(name))) return text;
  const kept = members.filter(({ name }) => !names.has(name));
  const [first] = members;
  const closing = members.at(-1)?.end ?? 0;
  if (!first) return text;
  const body = kept.map(({ start, end }) => text.slice(start, end)).join(",");
  return text.slice(0, first.start) + body + text.slice(closing);
}

/** Where the value of a member of the outermost object stands; of several of one name, the last, which is the one that counts. */
export function memberValue(
  text: string,
  name: string,
): { readonly start: number; readonly end: number } | undefined {
  const member = membersOf(text).findLast((one) => one.name === name);
  if (!member) return undefined;
  // The name is a JSON string, so the first colon behind its closing quote parts it from the value.
  const colon = text.indexOf(":", endOfString(text, member.start));
  return { start: colon + 1, end: member.end };
}

function membersOf(text: string): readonly Member[] {
  const members: Member[] = [];
  let depth = 0;
  const closeLast = (end: number) => {
    const last = members.at(-1);
    if (last && last.end === 0) last.end = end;
  };
  visit(
    text,
    {
      onObjectBegin: () => void (depth += 1),
      onArrayBegin: () => void (depth += 1),
      onArrayEnd: () => void (depth -= 1),
      onObjectEnd: (offset) => {
        if (depth === 1) closeLast(offset);
        depth -= 1;
      },
      onObjectProperty: (name, offset) => {
        if (depth === 1) members.push({ name, start: offset, end: 0 });
      },
      onSeparator: (character, offset) => {
        if (depth === 1 && character === ",") closeLast(offset);
      },
    },
    { disallowComments: true },
  );
  return members;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
