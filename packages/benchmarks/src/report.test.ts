import { expect, test } from "vitest";
import { aimsOf } from "./aims.ts";
import { chart } from "./chart.ts";
import type { Result } from "./measurement.ts";
import { aimTable, table } from "./report.ts";
import { median, percentile } from "./statistics.ts";

const result = (contender: string, cpuUs: number, more: Partial<Result> = {}): Result => ({
  contender,
  destinations: 1,
  bytes: 6000,
  complete: true,
  cpuUs,
  eventsPerSecond: 10_000,
  peakBytes: 2e8,
  publishP50Us: 3,
  publishP99Us: 8,
  ...more,
});

const good = [1, 10].flatMap((destinations) => [
  result("floor", 50, { destinations }),
  result("tracecast, memory", 60, { destinations }),
  result("tracecast, LMDB", 80, { destinations }),
  result("OpenTelemetry", 100, { destinations }),
  result("braintrust SDK", destinations * 300, { destinations }),
]);

test("the middle and the far end of some values", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(3);
  expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(percentile([], 0.5)).toBeNaN();
});

test("every aim is met, or missed by one figure that is too high", () => {
  expect(aimsOf(good).filter(({ met }) => !met)).toEqual([]);
  const slow = good.map((one) =>
    one.contender === "tracecast, memory" ? { ...one, publishP99Us: 11 } : one,
  );
  expect(aimsOf(slow).filter(({ met }) => !met)).toEqual([
    expect.objectContaining({ aim: expect.stringContaining("`publish`"), measured: "11.00 µs" }),
  ]);
  const dear = good.map((one) => (one.contender.startsWith("tracecast") ? { ...one, cpuUs: 120 } : one));
  expect(aimsOf(dear).filter(({ met }) => !met)).toHaveLength(4);
});

test("an aim whose figures are missing is not met", () => {
  expect(aimsOf([]).every(({ met }) => !met)).toBe(true);
});

test("the tables show each figure beside the floor, and who lost events", () => {
  const lossy = [...good, result("forgetful", 10, { complete: false })];
  expect(table(lossy)).toContain("| 6 KB | 1 | tracecast, memory | 60.0 | 1.20 | 10000 | 200 | 3.0 | 8.0 |");
  expect(table(lossy)).toContain("forgetful (lost events)");
  expect(aimTable(aimsOf(good))).toContain("| 1.20 × | met |");
});

test("the chart has a bar for each contender of one size, the dearest the longest", () => {
  const svg = chart([...good, result("floor", 1, { bytes: 1000 })], 6000);
  const widths = [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toHaveLength(good.length);
  expect(widths.at(-1)).toBe(Math.max(...widths));
});
