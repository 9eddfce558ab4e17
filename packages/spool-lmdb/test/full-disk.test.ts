import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test.skipIf(process.platform === "win32")(
  "on a full disk what was safe stays safe, the rest is held in memory, and an operator is told once",
  async () => {
    const program = fileURLToPath(new URL("full-disk.ts", import.meta.url));
    const command = `trap '' XFSZ; ulimit -f 10000; exec "$@"`;
    const node = [process.execPath, "--import", "tsx", "--conditions=tracecast-source", program];
    const { stdout } = await promisify(execFile)(
      "sh",
      ["-c", command, "sh", ...node, mkdtempSync(join(tmpdir(), "tracecast-"))],
      { cwd: fileURLToPath(new URL("..", import.meta.url)) },
    );
    const { safe, waiting, settled, failure, complaints } = JSON.parse(stdout) as {
      safe: number;
      waiting: number;
      settled: number;
      failure: string;
      complaints: string[];
    };
    expect(safe).toBeGreaterThan(10);
    expect(waiting).toBe(safe + 1);
    expect(settled).toBe(waiting);
    expect(failure).toMatch(/The spool cannot be written: .*free space/);
    expect(complaints[0]).toMatch(/cannot be written.*held in memory/);
    expect(complaints.filter((sentence) => sentence.includes("held in memory"))).toHaveLength(1);
  },
  60_000,
);
