import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const built = fileURLToPath(new URL("../../dist/page", import.meta.url));

test("what the page loads at its start is at most 80 KB of JavaScript", () => {
  const html = readFileSync(join(built, "index.html"), "utf8");
  const scripts = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? "");
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.map((path) => gzipSync(readFileSync(join(built, path))).length);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(80 * 1024);
});

test("nothing in it comes from elsewhere", () => {
  for (const file of readdirSync(join(built, "assets"))) {
    const text = readFileSync(join(built, "assets", file), "utf8");
    expect(text.match(/(?:url\(|import\(|src=)["']?https?:/g), file).toBeNull();
  }
});
