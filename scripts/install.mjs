// Installs the workspace when the lockfile or a manifest changed since the last time. Needs Node and npm only: pnpm comes
// through npx, at the version package.json pins. Everything it prints goes to standard error.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Tracecast needs Node 20.19 or later; this is ${process.versions.node}.`);
  process.exit(1);
}

const manifests = [
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "package.json",
  "docs/package.json",
  ...readdirSync("packages").map((name) => `packages/${name}/package.json`),
];
const fingerprint = createHash("sha256");
for (const file of manifests) if (existsSync(file)) fingerprint.update(readFileSync(file));
const stamp = "node_modules/.tracecast-install";
const wanted = fingerprint.digest("hex");

if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) process.exit(0);

const { packageManager } = JSON.parse(readFileSync("package.json", "utf8"));
console.error("Installing dependencies …");
// An npx around this one leaves its own arguments in the environment, where the inner one would take them for its own.
const { npm_config_call: _call, npm_config_package: _package, ...env } = process.env;
const run = spawnSync(
  "npx",
  ["--yes", packageManager, "install", "--frozen-lockfile", "--config.confirmModulesPurge=false"],
  { env, stdio: ["ignore", 2, 2], shell: process.platform === "win32" },
);
if (run.status !== 0) {
  console.error("The dependencies could not be installed. Is the npm registry reachable from here?");
  process.exit(run.status ?? 1);
}
writeFileSync(stamp, wanted);
