import { expect, test } from "vitest";
import { contentClasses } from "./event.ts";
import type { ContentClasses } from "./content-class.ts";
import { fieldPaths } from "./field-path.ts";
import type { FieldPath } from "./field-path.ts";

test("there is a path to every field of the model, to groups of them, and to parts of content", () => {
  const known: readonly FieldPath[] = [
    "id",
    "usage",
    "usage.cachedTokens",
    "apiKey.hash",
    "finishReason.native",
    "trace.metadata",
    "input",
    "output.reasoning",
    "contentParameters.tools",
  ];
  for (const path of known) expect(fieldPaths).toContain(path);
  const marked = (classes: ContentClasses, parent = ""): string[] =>
    Object.entries(classes).flatMap(([field, inner]) =>
      typeof inner === "object" ? marked(inner, `${parent}${field}.`) : [`${parent}${field}`],
    );
  for (const path of marked(contentClasses)) expect(fieldPaths).toContain(path);
});

test("there is no path to what the model does not know", () => {
  // @ts-expect-error The compiler knows them all.
  const unknown: FieldPath = "usage.tokens";
  for (const path of [unknown, "trace.metadata.environment", "tags.0", "parameters.seed", ""])
    expect(fieldPaths).not.toContain(path);
});
