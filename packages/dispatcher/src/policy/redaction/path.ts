/** One step of a path: into a named field, into the n-th or every item, into every field, or to any depth. */
export type Step =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "item"; readonly index: number }
  | { readonly kind: "items" }
  | { readonly kind: "fields" }
  | { readonly kind: "deep" };

const token = /\*\*|\*|\[\*\]|\[(\d{1,9})\]|[^.[\]*\s]+/y;

// Where a path may lead. What makes an event an event, such as its id, times and usage, cannot be redacted; and what must stay an
// object or a list can be redacted inside only.
const wholeRoots: ReadonlySet<string> = new Set(["input", "output", "user"]);
const innerRoots: ReadonlySet<string> = new Set(["input", "output", "contentParameters", "tags"]);
// At any depth, these could be the event's own.
const structure: ReadonlySet<string> = new Set(["trace", "metadata", "contentParameters", "tags", "error"]);
const traceNames: ReadonlySet<string> = new Set(["traceName", "spanName", "generationName"]);

/**
 * Reads a path: field names separated by dots, `[n]` or `[*]` for items of a list, `*` for every field, `**` for any depth. It goes on inside
 * JSON that stands in a string, such as the arguments of a tool call.
 * @throws `Error` that says where it goes wrong, or what may be redacted
 */
export function parsePath(text: string): readonly Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length) {
    if (steps.length > 0 && text[at] === ".") at += 1;
    else if (steps.length > 0 && text[at] !== "[") throw wrong(text, at);
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) throw wrong(text, at);
    steps.push(stepOf(found[0], found[1]));
    at = token.lastIndex;
  }
  if (!mayBeRedacted(steps)) {
    throw new Error(
      `"${text}" cannot be redacted; a path begins with input, output, contentParameters., tags[, trace.metadata., trace.traceName, trace.spanName, trace.generationName, user, error.message, generation.identity., generation.cost. or **.`,
    );
  }
  return steps;
}

const wrong = (text: string, at: number): Error =>
  new Error(
    `"${text}" is not a path: look at character ${at + 1}${at < text.length ? ` ("${text[at]}")` : ""}`,
  );

function stepOf(text: string, index: string | undefined): Step {
  if (text === "**") return { kind: "deep" };
  if (text === "*") return { kind: "fields" };
  if (text === "[*]") return { kind: "items" };
  return index === undefined ? { kind: "field", name: text } : { kind: "item", index: Number(index) };
}

function mayBeRedacted(steps: readonly Step[]): boolean {
  const [root, ...rest] = steps;
  if (steps.at(-1)?.kind === "deep") return false;
  if (root?.kind === "deep")
    return (
      rest[0]?.kind === "field" && !rest.some((step) => step.kind === "field" && structure.has(step.name))
    );
  if (root?.kind !== "field") return false;
  if (rest.length === 0) return wholeRoots.has(root.name);
  if (innerRoots.has(root.name)) return true;
  const [next] = rest;
  if (next?.kind !== "field") return false;
  if (root.name === "error") return next.name === "message" && rest.length === 1;
  if (root.name === "generation") return rest.length > 1;
  if (root.name !== "trace") return false;
  return next.name === "metadata" ? rest.length > 1 : traceNames.has(next.name) && rest.length === 1;
}
