import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sampleTraceEvent } from "@tracecast/destination-testkit";
import { expect, test } from "vitest";

test.skipIf(process.platform === "win32")(
  "a batch that there is no room for waits, and none of its lines stays behind",
  async () => {
    const path = join(mkdtempSync(join(tmpdir(), "tracecast-file-")), "traces.jsonl");
    const program = fileURLToPath(new URL("fill-disk.ts", import.meta.url));
    const command = `trap '' XFSZ; ulimit -f 100; exec "$@"`;
    const node = [process.execPath, "--import", "tsx", "--conditions=tracecast-source", program, path];
    const { stdout } = await promisify(execFile)("sh", ["-c", command, "sh", ...node], {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
    });
    const { outcome, batches } = JSON.parse(stdout) as { outcome: unknown; batches: number };
    expect(outcome).toEqual({ status: "retry", reason: `There is no room to write ${path} (EFBIG)` });
    expect(batches).toBeGreaterThan(0);
    const lines = readFileSync(path, "utf8").split("\n");
    expect(lines.pop()).toBe("");
    expect(lines).toHaveLength(batches * 7);
    for (const line of lines) expect(JSON.parse(line)).toEqual(sampleTraceEvent());
  },
  60_000,
);
