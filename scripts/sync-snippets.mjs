// Puts the regions of docs/snippets into the Markdown that shows them, under each `<!-- snippet file#region -->`, and whole
// files, by their path, under each `<!-- snippet path/to/file -->`.
// With --check it changes nothing and fails where a page is behind its snippet.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const pages = ["README.md", "docs/write-a-destination.md"];
const checking = process.argv.includes("--check");
let behind = 0;

for (const page of pages) {
  const before = readFileSync(page, "utf8");
  const after = before.replaceAll(
    /(<!-- snippet ([^\s#]+)(?:#(\w+))? -->\n```ts\n)[\s\S]*?```/g,
    (_, head, file, region) => `${head}${regionOf(file, region)}\n\`\`\``,
  );
  if (after === before) continue;
  behind += 1;
  if (checking) console.error(`${page} is behind its snippets; run: node scripts/sync-snippets.mjs`);
  else writeFileSync(page, after);
}
process.exit(checking && behind > 0 ? 1 : 0);

function regionOf(file, region) {
  if (region === undefined) return readFileSync(file, "utf8").trimEnd();
  const source = readFileSync(`docs/snippets/${file}`, "utf8");
  const found = new RegExp(`^ *// #region ${region}\\n([\\s\\S]*?)^ *// #endregion`, "m").exec(source)?.[1];
  if (found === undefined) throw new Error(`docs/snippets/${file} has no region ${region}`);
  const lines = found.trimEnd().split("\n");
  const indent = Math.min(...lines.filter(Boolean).map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent)).join("\n");
}
