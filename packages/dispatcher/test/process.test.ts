import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test(
  "a program whose last act is to close gets its report before the process ends",
  { timeout: 30_000 },
  async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "--conditions=tracecast-source", "test/close-then-exit.ts"],
      { cwd: fileURLToPath(new URL("..", import.meta.url)) },
    );
    expect(JSON.parse(stdout)).toEqual({
      delivered: 0,
      left: [{ destinationId: "a", events: 1, reason: "503 from here" }],
    });
  },
);
