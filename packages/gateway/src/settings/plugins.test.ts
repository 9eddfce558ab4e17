import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { destinationTypes } from "../destination-types.ts";
import { loadDestinationTypes } from "./plugins.ts";
import { readSettings } from "./settings.ts";

const members = {
  type: '"acme"',
  name: '"Acme"',
  limits: "{ maxPieces: 10, maxBytes: 1000 }",
  notCarried: "{}",
  form: "[]",
  parseConfig: "(config) => config",
  maskConfig: "(config) => config",
  connect: "() => ({})",
};

/** A module's text that exports `acme`, with some of its members otherwise or, where undefined, not there. */
function module(changes: { readonly [Member in keyof typeof members]?: string | undefined } = {}): string {
  const given = Object.entries({ ...members, ...changes }).filter(([, code]) => code !== undefined);
  return `export const version = 1;\nexport const acme = { ${given.map((pair) => pair.join(": ")).join(", ")} };\n`;
}

/** A folder with these files and a `tracecast.yaml` that names the plugins. */
function setUp(plugins: readonly string[], files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "tracecast-plugins-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const yaml = `plugins: ${JSON.stringify(plugins)}\ndestinations: [{ name: A, type: acme, config: {} }]\n`;
  for (const [name, text] of Object.entries({ ...files, "tracecast.yaml": yaml })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return join(folder, "tracecast.yaml");
}

const packageJson = JSON.stringify({
  name: "tracecast-destination-acme",
  type: "module",
  exports: { ".": { import: "./dist/index.js" } },
});

test.each([
  ["tracecast-destination-acme", "node_modules/tracecast-destination-acme/dist/index.js"],
  ["./destinations/acme.mjs", "destinations/acme.mjs"],
])(
  "the plugin %s is found from the config file's folder, and its type may be named there",
  async (plugin, file) => {
    const path = setUp([plugin], {
      [file]: module(),
      "node_modules/tracecast-destination-acme/package.json": packageJson,
    });
    const types = await loadDestinationTypes({}, path);
    expect(types.map(({ type }) => type)).toEqual([...destinationTypes.map(({ type }) => type), "acme"]);
    expect(readSettings({}, types, path)).toMatchObject({
      types,
      destinations: [{ name: "A", type: types.at(-1) }],
    });
  },
);

test("without a config file, or plugins in it, there are those that Tracecast comes with", async () => {
  expect(await loadDestinationTypes({}, undefined)).toEqual(destinationTypes);
  expect(await loadDestinationTypes({}, setUp([], {}))).toEqual(destinationTypes);
});

test.each<[string, string, RegExp]>([
  [
    "tracecast-destination-nowhere",
    module(),
    /"tracecast-destination-nowhere" is not found from \/.*: install and build it there, or correct "plugins" in .*tracecast\.yaml\.$/,
  ],
  ["./elsewhere.mjs", module(), /"\.\/elsewhere\.mjs" is not found from/],
  [
    "./acme.mjs",
    "throw new Error('Acme is closed.\\nAt all.');",
    /"\.\/acme\.mjs" cannot be loaded: Acme is closed\.$/,
  ],
  [
    "./acme.mjs",
    "export const nothing = { type: 'acme' };",
    /exports no destination; export what defineDestination answers with, by a name\.$/,
  ],
  [
    "./acme.mjs",
    module({ connect: undefined }),
    /exports "acme", which does not fit the Destination interface: it has no connect; make it with defineDestination\.$/,
  ],
  ["./acme.mjs", module({ form: undefined }), /it has no form;/],
  [
    "./acme.mjs",
    module({ limits: "{ maxPieces: 0, maxBytes: 1 }" }),
    /its limits\.maxPieces is not what it must be;/,
  ],
  ["./acme.mjs", module({ type: '"Acme Inc"' }), /its type is not what it must be;/],
  [
    "./acme.mjs",
    module({ type: '"braintrust"' }),
    /"\.\/acme\.mjs" has a destination of the type "braintrust", which is there already; give it another type\.$/,
  ],
  ["./acme.mjs", module({ type: '"local"' }), /of the type "local", which is there already/],
])("the plugin %s (%#) is refused with one sentence", async (plugin, text, message) => {
  const path = setUp([plugin], { "acme.mjs": text });
  await expect(loadDestinationTypes({}, path)).rejects.toThrow(message);
});

test("two plugins cannot bring the same type", async () => {
  const path = setUp(["./one.mjs", "./two.mjs"], { "one.mjs": module(), "two.mjs": module() });
  await expect(loadDestinationTypes({}, path)).rejects.toThrow(
    /"\.\/two\.mjs" .* "acme", which is there already/,
  );
});
