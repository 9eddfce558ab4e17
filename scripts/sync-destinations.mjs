// Puts the tables of docs/destinations.md as the destination types have them: their settings, and what they do not carry. The test that says
// whether the page is behind them writes it, too.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const test = ["--config", "vitest.workspace.ts", "--project", "gateway", "test/destinations-page.test.ts"];
const { status } = spawnSync("npx", ["vitest", "run", ...test, "--update"], {
  stdio: "inherit",
  shell: process.platform === "win32",
});
process.exit(status ?? 1);
