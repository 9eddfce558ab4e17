import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { newDestination } from "../src/cli/new-destination.ts";
import { destinationTypes } from "../src/destination-types.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-new-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** What `npm install` would bring, from here. */
function link(folder: string): void {
  const packages = {
    "@tracecast/core": "packages/core",
    "@tracecast/destination-testkit": "packages/destination-testkit",
    zod: "packages/gateway/node_modules/zod",
    vitest: "node_modules/vitest",
  };
  for (const [name, place] of Object.entries(packages)) {
    const target = join(folder, "node_modules", name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(root, place), target);
  }
}

test("what it writes is a package whose own test passes", { timeout: 120_000 }, async () => {
  const parent = emptyFolder();
  const folder = newDestination("my-acme", parent, destinationTypes);
  expect(folder).toBe(join(parent, "tracecast-destination-my-acme"));
  expect(readdirSync(folder).sort()).toEqual([
    ".gitignore",
    "README.md",
    "package.json",
    "src",
    "tsconfig.json",
  ]);
  const source = readFileSync(join(folder, "src/index.ts"), "utf8");
  expect(source).toContain("export const myAcme: Destination");
  expect(source).toContain('type: "my-acme",\n  name: "My Acme",');
  expect(source.split("\n").length).toBeLessThan(60);
  expect(readFileSync(join(folder, "README.md"), "utf8")).toContain(
    'type: "my-acme"\n    config: { apiKey: "${MY_ACME_API_KEY}" }',
  );
  expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({
    name: "tracecast-destination-my-acme",
  });

  link(folder);
  // The packages it needs are read from their sources here, which is the only thing that differs from an installed one.
  const conditions = '["tracecast-source", "module", "node", "development|production"]';
  writeFileSync(
    join(parent, "vitest.config.mjs"),
    // A busy machine is no bug.
    `export default { resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions} } }, test: { testTimeout: 60_000 } };`,
  );
  // Where one fails, its exit code is 1, and what it wrote says which.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--root",
      ".",
      "--config",
      join(parent, "vitest.config.mjs"),
      "--reporter=json",
    ],
    { cwd: folder, maxBuffer: 16 * 1024 * 1024 },
  ).catch((error: { stdout: string }) => error);
  const report = JSON.parse(stdout) as {
    numPassedTests: number;
    testResults: readonly { assertionResults: readonly { status: string; failureMessages: unknown }[] }[];
  };
  const { numPassedTests, testResults } = report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(numPassedTests).toBeGreaterThan(60);
});

test("a name that has the template's own in it is put in once", () => {
  const source = readFileSync(
    join(newDestination("acme-eu", emptyFolder(), destinationTypes), "src/index.ts"),
    "utf8",
  );
  expect(source).toContain("export const acmeEu: Destination");
  expect(source).toContain('type: "acme-eu",\n  name: "Acme Eu",');
  expect(source).toContain('"https://api.acme-eu.example"');
});

test.each([
  ["Acme", /cannot be a destination's name: it must be lower-case letters/],
  ["../acme", /cannot be a destination's name/],
  ["acme-", /cannot be a destination's name/],
  ["", /cannot be a destination's name/],
  ["delete", /no word of JavaScript/],
  ["braintrust", /There is a destination type "braintrust" already; choose another name\./],
])("the name %j is refused, and nothing is written", (name, message) => {
  const parent = emptyFolder();
  expect(() => newDestination(name, parent, destinationTypes)).toThrow(message);
  expect(readdirSync(parent)).toEqual([]);
});

test("a folder that is there is left as it is", () => {
  const parent = emptyFolder();
  mkdirSync(join(parent, "tracecast-destination-acme"));
  expect(() => newDestination("acme", parent, destinationTypes)).toThrow(
    /acme is there already; choose another name/,
  );
  expect(readdirSync(join(parent, "tracecast-destination-acme"))).toEqual([]);
  writeFileSync(join(parent, "file"), "");
  expect(() => newDestination("acme", join(parent, "file"), destinationTypes)).toThrow(
    /cannot be written \(ENOTDIR\)/,
  );
  expect(existsSync(join(parent, "file"))).toBe(true);
});
