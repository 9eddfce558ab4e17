import { aimTable } from "../report.ts";
import type { ProxyResult } from "./report.ts";

type Figure = "p50Us" | "cpuUs";

/** A table of what the project wants of its proxy, by ratios within one run, and what was measured. */
export function proxyAims(results: readonly ProxyResult[]): string {
  const find = (contender: string, streamed: boolean) =>
    results.find((one) => one.contender === contender && one.streamed === streamed);
  const worst = (a: string, b: string, figure: Figure) =>
    Math.max(
      ...[false, true].map((streamed) => {
        const [first, second] = [find(a, streamed), find(b, streamed)];
        return first && second ? first[figure] / second[figure] : NaN;
      }),
    );
  const [bare, off, on] = [
    "bare undici proxy",
    "tracecast, Broadcast off",
    "tracecast, one destination",
  ] as const;
  const atMost = (aim: string, value: number, limit: number) => ({
    aim,
    measured: `${value.toFixed(2)} ×`,
    met: value <= limit,
  });
  return aimTable([
    atMost(
      "p50 within 1.15 × of the bare proxy, Broadcast off (the worst ratio)",
      worst(off, bare, "p50Us"),
      1.15,
    ),
    atMost("p50 within 1.15 × of the bare proxy, one destination", worst(on, bare, "p50Us"), 1.15),
    atMost("CPU within 1.15 × of the bare proxy, Broadcast off", worst(off, bare, "cpuUs"), 1.15),
    atMost("CPU within 2 × of the bare proxy, one destination", worst(on, bare, "cpuUs"), 2),
    atMost(
      "CPU of one destination below half of Portkey's gateway",
      worst(on, "Portkey gateway", "cpuUs"),
      0.5,
    ),
  ]);
}
