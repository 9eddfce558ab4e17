import type { DestinationStats, Dispatcher } from "@tracecast/dispatcher";
import { Gauge, Histogram, Registry } from "prom-client";

/** The gateway's own figures, as Prometheus reads them. Labels are ids of destinations and names of rules: never content. */
export interface Metrics {
  /** What `GET /metrics` answers with. */
  readonly contentType: string;
  /** All figures as text. */
  render(): Promise<string>;
}

/** Makes the metrics of a dispatcher. Counts are read off its `stats()` when they are asked for, so they always agree with them. */
export function createMetrics(dispatcher: Dispatcher, now: () => number = Date.now): Metrics {
  const registry = new Registry();
  for (const [name, help, read] of figures(now)) registerFigure(registry, dispatcher, name, help, read);
  observeDeliveries(registry, dispatcher);
  return { contentType: registry.contentType, render: () => registry.metrics() };
}

/** A figure of one destination, perhaps in several parts. */
type Read = (
  stats: DestinationStats,
) => readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];

const one =
  (pick: (stats: DestinationStats) => number): Read =>
  (stats) => [[{}, pick(stats)]];

const parts =
  (label: string, pick: (stats: DestinationStats) => Readonly<Record<string, number>>): Read =>
  (stats) =>
    Object.entries(pick(stats)).map(([name, value]) => [{ [label]: name }, value]);

const figures = (now: () => number): readonly (readonly [name: string, help: string, read: Read])[] => [
  ["published_total", "Events that were judged for the destination.", one(({ published }) => published)],
  [
    "filtered_total",
    "Events that a rule of its policy kept from it.",
    parts("rule", ({ filtered }) => filtered),
  ],
  ["sampled_out_total", "Events that its sampling rate kept from it.", one(({ sampledOut }) => sampledOut)],
  ["delivered_total", "Events that it has.", one(({ delivered }) => delivered)],
  ["dead_total", "Events that it will not take.", one(({ dead }) => dead)],
  ["dropped_total", "Events lost to a limit.", parts("limit", ({ dropped }) => dropped)],
  ["retries_total", "Attempts that failed and were, or will be, made again.", one(({ retries }) => retries)],
  ["pending", "Events that wait.", one(({ pending }) => pending)],
  [
    "oldest_pending_seconds",
    "How long the oldest of them has waited.",
    one(({ oldestPendingMs }) =>
      oldestPendingMs === undefined ? 0 : Math.max(0, now() - oldestPendingMs) / 1000,
    ),
  ],
  [
    "circuit_open",
    "1 while it has failed five times in a row and is only probed.",
    one(({ circuit }) => Number(circuit === "open")),
  ],
  ["paused", "1 while it is paused.", one(({ state }) => Number(state === "paused"))],
];

function registerFigure(
  registry: Registry,
  dispatcher: Dispatcher,
  name: string,
  help: string,
  read: Read,
): void {
  const labelNames = ["destination", "rule", "limit"];
  const gauge: Gauge = new Gauge({
    name: `tracecast_${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      gauge.reset();
      for (const stats of dispatcher.stats()) {
        for (const [labels, value] of read(stats)) gauge.set({ destination: stats.id, ...labels }, value);
      }
    },
  });
}

function observeDeliveries(registry: Registry, dispatcher: Dispatcher): void {
  const registers = [registry];
  const labelNames = ["destination"];
  const duration = new Histogram({
    name: "tracecast_delivery_seconds",
    help: "How long a destination took to accept a batch.",
    labelNames,
    registers,
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  const size = new Histogram({
    name: "tracecast_batch_events",
    help: "How many events a delivered batch held.",
    labelNames,
    registers,
    buckets: [1, 2, 5, 10, 25, 50, 100, 250],
  });
  dispatcher.events.on("delivered", ({ destinationId, eventIds, durationMs }) => {
    duration.observe({ destination: destinationId }, durationMs / 1000);
    size.observe({ destination: destinationId }, eventIds.length);
  });
}
