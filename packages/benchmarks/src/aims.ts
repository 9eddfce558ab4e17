import type { Result } from "./measurement.ts";

/** Something the project wants to be true, and what was measured. */
export interface Aim {
  readonly aim: string;
  readonly measured: string;
  readonly met: boolean;
}

const ours = "tracecast, memory";

/** Compares results with what the project wants. Ratios, all within one run. */
export function aimsOf(results: readonly Result[]): readonly Aim[] {
  const find = (contender: string, destinations: number, bytes: number) =>
    results.find(
      (one) => one.contender === contender && one.destinations === destinations && one.bytes === bytes,
    );
  const ratio = (a: string, b: string, destinations: number, bytes = 6000) => {
    const [first, second] = [find(a, destinations, bytes), find(b, destinations, bytes)];
    return first && second ? first.cpuUs / second.cpuUs : NaN;
  };
  const atMost = (aim: string, value: number, limit: number, unit = "×"): Aim => ({
    aim,
    measured: `${value.toFixed(2)} ${unit}`,
    met: value <= limit,
  });
  const atLeast = (aim: string, value: number, limit: number): Aim => ({
    aim,
    measured: `${value.toFixed(1)} ×`,
    met: value >= limit,
  });
  const settings = results.filter(({ contender }) => contender === ours);
  const besideOtel = worst(
    settings.map(({ destinations, bytes }) => ratio(ours, "OpenTelemetry", destinations, bytes)),
  );
  const slowest = worst(settings.map(({ publishP99Us }) => publishP99Us));
  const durable = worst(
    settings.map(({ destinations, bytes }) => ratio("tracecast, LMDB", ours, destinations, bytes)),
  );
  return [
    atMost("CPU at most 1.5 × the floor, one destination, 6 KB", ratio(ours, "floor", 1), 1.5),
    atMost("CPU at most 1.5 × the floor, ten destinations, 6 KB", ratio(ours, "floor", 10), 1.5),
    atLeast(
      "the braintrust SDK takes at least 5 × our CPU, one destination, 6 KB",
      ratio("braintrust SDK", ours, 1),
      5,
    ),
    atLeast(
      "the braintrust SDK takes at least 20 × our CPU, ten destinations, 6 KB",
      ratio("braintrust SDK", ours, 10),
      20,
    ),
    atMost("CPU below OpenTelemetry's everywhere (the worst ratio)", besideOtel, 1),
    atMost("99 % of the calls of `publish` within 10 µs everywhere, memory", slowest, 10, "µs"),
    atMost("CPU on disk at most 1.5 × that in memory (the worst ratio)", durable, 1.5),
  ];
}

const worst = (values: readonly number[]): number => (values.length > 0 ? Math.max(...values) : NaN);
