import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { DestinationStats } from "../src/stats.ts";

const MiB = 1024 * 1024;

test("with a dead destination, 200,000 events of 6 KB go to the living one, in less than 1 GiB of memory", async () => {
  const program = fileURLToPath(new URL("flood.ts", import.meta.url));
  // The heap's own limit is what would end a program that holds 1.2 GB.
  const args = [
    "--max-old-space-size=256",
    "--import",
    "tsx",
    "--conditions=tracecast-source",
    program,
    "200000",
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
  const { stats, peakBytes } = JSON.parse(stdout) as {
    readonly stats: readonly DestinationStats[];
    readonly peakBytes: number;
  };
  const [dead, alive] = stats;
  expect(alive).toMatchObject({ delivered: 200_000, pending: 0, dropped: {} });
  expect(dead).toMatchObject({ delivered: 0, circuit: "open" });
  expect((dead?.pending ?? 0) + (dead?.dropped.spool_bytes ?? 0)).toBe(200_000);
  expect(dead?.pending).toBeGreaterThan(20_000);
  expect(peakBytes).toBeLessThan(1024 * MiB);
}, 120_000);
