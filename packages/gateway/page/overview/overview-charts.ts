import type { ChartSpec, Series } from "./chart-spec.ts";
import { count, duration, usd } from "../format.ts";
import type { Figures, OverviewView } from "./overview-api.ts";

const palette = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `--series-${number}`);
const colorAt = (place: number): string => palette[place % palette.length] ?? "";

/** The name of a model; null are all that are not named. */
export const modelWords = (model: string | null): string => model ?? "others";

/** What the overview draws. */
export function chartsOf(view: OverviewView): readonly ChartSpec[] {
  const { times, stepMs, steps } = view;
  const bars = { times, stepMs, kind: "bars", words: shortCount } as const;
  const series = (label: string, color: string, pick: (figures: Figures) => number | null): Series => ({
    label,
    color,
    values: steps.map(pick),
  });
  return [
    {
      ...bars,
      title: "Requests",
      series: [
        series("ok", colorAt(0), ({ requests, errors }) => requests - errors),
        series("failed", "--bad", ({ errors }) => errors),
      ],
    },
    {
      ...bars,
      title: "Latency",
      kind: "lines",
      words: (ms) => (ms < 10 ? `${Number(ms.toFixed(1))} ms` : duration(ms)),
      series: [
        series("median", colorAt(0), ({ took }) => took.p50Ms),
        series("95th percentile", colorAt(2), ({ took }) => took.p95Ms),
        series("first token, median", colorAt(1), ({ firstToken }) => firstToken.p50Ms),
      ],
    },
    {
      ...bars,
      title: "Tokens",
      series: [
        series("prompt", colorAt(0), ({ promptTokens }) => promptTokens),
        series("completion", colorAt(1), ({ completionTokens }) => completionTokens),
      ],
    },
    {
      ...bars,
      title: "Cost",
      words: usd,
      series: [series("cost", colorAt(0), ({ costUsd }) => costUsd ?? 0)],
    },
    { ...bars, title: "Requests by model", series: modelSeries(view) },
    { ...bars, title: "Deliveries", series: deliverySeries(view) },
  ];
}

const modelSeries = ({ models }: OverviewView): readonly Series[] =>
  models.map(({ model, requestsByStep }, place) => ({
    label: modelWords(model),
    color: model === null ? "--soft" : colorAt(place),
    values: requestsByStep,
  }));

function deliverySeries({ destinations, times }: OverviewView): readonly Series[] {
  if (destinations.length === 0) return [];
  const taken = destinations.map(({ name, delivered }, place) => ({
    label: name,
    color: colorAt(place),
    values: delivered,
  }));
  const refused = times.map((_, step) => destinations.reduce((sum, { dead }) => sum + (dead[step] ?? 0), 0));
  return [...taken, { label: "refused", color: "--bad", values: refused }];
}

/** A count that fits beside an axis: 1,200, 1.2M. */
const shortCount = (value: number): string =>
  value >= 100_000
    ? value.toLocaleString("en", { notation: "compact", maximumFractionDigits: 1 })
    : count(Math.round(value * 100) / 100);
