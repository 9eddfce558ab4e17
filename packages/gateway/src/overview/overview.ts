import type { TraceEvent } from "@tracecast/core";
import { FigureSum } from "./figures.ts";
import type { Figures } from "./figures.ts";

const minuteMs = 60_000;

/** How far one can look back, and in how many steps of what length. */
export const overviewRanges = {
  "1h": { stepMs: minuteMs, steps: 60 },
  "6h": { stepMs: 5 * minuteMs, steps: 72 },
  "24h": { stepMs: 15 * minuteMs, steps: 96 },
} as const;

/** How far one can look back. */
export type OverviewRange = keyof typeof overviewRanges;

/** What happened at a destination, step by step. */
export interface Deliveries {
  readonly destinationId: string;
  readonly delivered: readonly number[];
  readonly dead: readonly number[];
}

/** What happened within a range. Lists have an entry a step. */
export interface OverviewView {
  readonly range: OverviewRange;
  readonly stepMs: number;
  /** When each step began, in epoch milliseconds, oldest first; the last one is not over yet. */
  readonly times: readonly number[];
  readonly totals: Figures;
  readonly steps: readonly Figures[];
  /** The most asked first; the rest are one, called `null`. */
  readonly models: readonly (Figures & {
    readonly model: string | null;
    readonly requestsByStep: readonly number[];
  })[];
  readonly deliveries: readonly Deliveries[];
}

interface Step {
  readonly startMs: number;
  /** By model; what there is no room for under `null`. */
  readonly models: Map<string | null, FigureSum>;
  /** By destination. */
  readonly deliveries: Map<string, { delivered: number; dead: number }>;
}

interface Range {
  readonly name: OverviewRange;
  readonly stepMs: number;
  readonly steps: number;
  /** Oldest first. */
  readonly kept: Step[];
}

/** A client can name models without end; what is kept of them has one. */
const maxModelsPerStep = 12;
const maxModelsShown = 8;
const maxDestinations = 64;
const maxNameLength = 200;

/**
 * Adds up everything that is published, for the last hour by the minute, for six hours and for a day by longer steps. Counts and times only, in
 * memory only, and never more of it than a few megabytes: a step is let go when its range has passed.
 */
export class Overview {
  readonly #now: () => number;
  readonly #ranges: readonly Range[];

  constructor(now: () => number) {
    this.#now = now;
    this.#ranges = (Object.keys(overviewRanges) as OverviewRange[]).map((name) => ({
      name,
      ...overviewRanges[name],
      kept: [],
    }));
  }

  /** Counts a request, at the moment it is published. */
  add(event: TraceEvent): void {
    const named = event.model.resolved ?? event.model.requested ?? "unknown model";
    const model = named.slice(0, maxNameLength);
    for (const { models } of this.#current()) sumFor(models, model).add(event);
  }

  /** Counts what a destination took, or will not take. */
  settled(destinationId: string, outcome: "delivered" | "dead", events: number): void {
    for (const { deliveries } of this.#current()) {
      const counts = deliveries.get(destinationId) ?? { delivered: 0, dead: 0 };
      if (deliveries.size < maxDestinations) deliveries.set(destinationId, counts);
      counts[outcome] += events;
    }
  }

  view(name: OverviewRange): OverviewView {
    const { stepMs, steps } = overviewRanges[name];
    const lastMs = startOf(this.#now(), stepMs);
    const times = Array.from({ length: steps }, (_, at) => lastMs - (steps - 1 - at) * stepMs);
    const kept = new Map(
      this.#ranges.find((one) => one.name === name)?.kept.map((one) => [one.startMs, one]),
    );
    const found = times.map((ms) => kept.get(ms));
    const sums = found.map((step) => total([...(step?.models.values() ?? [])]));
    return {
      range: name,
      stepMs,
      times,
      totals: total(sums).figures(),
      steps: sums.map((sum) => sum.figures()),
      models: modelsOf(found),
      deliveries: deliveriesOf(found),
    };
  }

  /** The step of each range that is now. */
  #current(): readonly Step[] {
    const nowMs = this.#now();
    return this.#ranges.map(({ stepMs, steps, kept }) => {
      const startMs = startOf(nowMs, stepMs);
      const latest = kept.at(-1);
      // A clock that was put back does not make a step anew.
      if (latest && latest.startMs >= startMs) return latest;
      const step: Step = { startMs, models: new Map(), deliveries: new Map() };
      kept.push(step);
      if (kept.length > steps) kept.shift();
      return step;
    });
  }
}

const startOf = (ms: number, stepMs: number): number => Math.floor(ms / stepMs) * stepMs;

function sumFor(models: Step["models"], model: string | null): FigureSum {
  const known = models.get(model);
  if (known) return known;
  if (model !== null && models.size >= maxModelsPerStep) return sumFor(models, null);
  const sum = new FigureSum();
  models.set(model, sum);
  return sum;
}

function total(sums: readonly FigureSum[]): FigureSum {
  const all = new FigureSum();
  for (const sum of sums) all.addAll(sum);
  return all;
}

function modelsOf(steps: readonly (Step | undefined)[]): OverviewView["models"] {
  const names = new Set(steps.flatMap((step) => [...(step?.models.keys() ?? [])]));
  const summed = [...names].map((model) => {
    const sums = steps.map((step) => step?.models.get(model));
    return { model, sums, all: total(sums.filter((sum) => sum !== undefined)) };
  });
  const named = summed.filter(({ model }) => model !== null);
  named.sort((a, b) => b.all.requests - a.all.requests);
  const rest = [...named.slice(maxModelsShown), ...summed.filter(({ model }) => model === null)];
  const shown = named.slice(0, maxModelsShown).map(({ model, sums, all }) => ({
    model,
    ...all.figures(),
    requestsByStep: sums.map((sum) => sum?.requests ?? 0),
  }));
  if (rest.length === 0) return shown;
  const requestsByStep = steps.map((_, at) =>
    rest.reduce((sum, { sums }) => sum + (sums[at]?.requests ?? 0), 0),
  );
  return [...shown, { model: null, ...total(rest.map(({ all }) => all)).figures(), requestsByStep }];
}

function deliveriesOf(steps: readonly (Step | undefined)[]): readonly Deliveries[] {
  const ids = new Set(steps.flatMap((step) => [...(step?.deliveries.keys() ?? [])]));
  return [...ids].map((destinationId) => ({
    destinationId,
    delivered: steps.map((step) => step?.deliveries.get(destinationId)?.delivered ?? 0),
    dead: steps.map((step) => step?.deliveries.get(destinationId)?.dead ?? 0),
  }));
}
