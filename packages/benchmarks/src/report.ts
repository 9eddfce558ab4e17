import type { Aim } from "./aims.ts";
import type { Result } from "./measurement.ts";

/** The results as a Markdown table, each beside the floor of the same setting. */
export function table(results: readonly Result[]): string {
  const rows = results.map((one) => {
    const floor = results.find(
      (other) =>
        other.contender === "floor" && other.bytes === one.bytes && other.destinations === one.destinations,
    );
    return [
      `${one.bytes / 1000} KB`,
      String(one.destinations),
      one.complete ? one.contender : `${one.contender} (lost events)`,
      one.cpuUs.toFixed(1),
      floor ? (one.cpuUs / floor.cpuUs).toFixed(2) : "",
      String(Math.round(one.eventsPerSecond)),
      String(Math.round(one.peakBytes / 1e6)),
      one.publishP50Us.toFixed(1),
      one.publishP99Us.toFixed(1),
    ];
  });
  return lines([
    [
      "event",
      "destinations",
      "",
      "CPU, µs/event",
      "× floor",
      "events/s",
      "peak, MB",
      "publish p50, µs",
      "p99, µs",
    ],
    ["--:", "--:", ":--", "--:", "--:", "--:", "--:", "--:", "--:"],
    ...rows,
  ]);
}

/** What the project wants, beside what was measured, as a Markdown table. */
export function aimTable(aims: readonly Aim[]): string {
  return lines([
    ["aim", "measured", ""],
    [":--", "--:", ":--"],
    ...aims.map(({ aim, measured, met }) => [aim, measured, met ? "met" : "missed"]),
  ]);
}

const lines = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
