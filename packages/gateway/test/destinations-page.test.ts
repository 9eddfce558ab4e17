import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { destinationTypes } from "../src/destination-types.ts";
import { pageFor } from "./destinations-page.ts";

const path = fileURLToPath(new URL("../../../docs/destinations.md", import.meta.url));

test("the page of destinations shows the types as they are; scripts/sync-destinations.mjs puts them there", async () => {
  await expect(pageFor(destinationTypes, readFileSync(path, "utf8"))).toMatchFileSnapshot(path);
});

test("the page says of every type what it was checked against", () => {
  expect(pageFor(destinationTypes, readFileSync(path, "utf8"))).not.toContain("| nothing |");
});
