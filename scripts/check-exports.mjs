// Packs every public package as it would be published and lets publint look at what is inside.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { packageManager } = JSON.parse(readFileSync("package.json", "utf8"));
const folder = mkdtempSync(join(tmpdir(), "tracecast-pack-"));
let failed = 0;

try {
  for (const name of readdirSync("packages")) {
    const directory = join("packages", name);
    if (!existsSync(join(directory, "package.json"))) continue;
    const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    if (manifest.private) continue;
    execFileSync("npx", ["--yes", packageManager, "pack", "--pack-destination", folder], {
      cwd: directory,
      stdio: "ignore",
    });
    const tarball = readdirSync(folder).find((file) => file.startsWith(`tracecast-${name}-`));
    const { messages, pkg } = await publint({
      pack: { tarball: readFileSync(join(folder, tarball)).buffer },
      strict: true,
    });
    for (const message of messages) console.error(`${manifest.name}: ${formatMessage(message, pkg)}`);
    failed += messages.length;
    console.log(`${manifest.name}: ${messages.length === 0 ? "good" : `${messages.length} complaints`}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(failed > 0 ? 1 : 0);
