import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests read every package from its sources, so they pass with nothing built.
const conditions = ["tracecast-source", "module", "node", "development|production"];
const packages = new URL("./packages/", import.meta.url);
const pageSetup = fileURLToPath(new URL("./gateway/test/page/build-page.ts", packages));

const project = (name: string, root: string, include: string[]) => ({
  extends: true as const,
  root,
  test: { name, include, ...(name === "gateway" && { globalSetup: pageSetup }) },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Generous: a busy machine is no bug. Nothing here asserts how long something took.
    testTimeout: 20_000,
    // Many of them wait for a child process or the disk.
    maxWorkers: "100%",
    projects: [
      ...readdirSync(packages).map((name) =>
        project(name, fileURLToPath(new URL(name, packages)), ["src/**/*.test.ts", "test/**/*.test.ts"]),
      ),
      project("docs", fileURLToPath(new URL("./docs", import.meta.url)), ["**/*.test.ts"]),
    ],
  },
});
