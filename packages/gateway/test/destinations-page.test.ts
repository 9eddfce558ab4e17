import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { destinationTypes } from "../src/destination-types.ts";

const page = readFileSync(new URL("../../../docs/destinations.md", import.meta.url), "utf8");
const rows = new Map(
  page.split("\n").flatMap((line) => {
    const type = /^\| `([\w-]+)` \|/.exec(line)?.[1];
    return type === undefined ? [] : [[type, line] as const];
  }),
);

test("the page of destinations has each type once, with all its settings and their defaults", () => {
  expect([...rows.keys()]).toEqual(destinationTypes.map(({ type }) => type));
  for (const { type, form } of destinationTypes) {
    const settings = form.filter(({ name }) => name !== "headers");
    for (const { name, required, defaultValue } of settings) {
      const note = required
        ? ""
        : ` (${defaultValue === "" ? "empty" : JSON.stringify(defaultValue ?? "optional").replaceAll(`"`, "")})`;
      expect(rows.get(type)).toContain(`\`${name}\`${note}`);
    }
  }
});
