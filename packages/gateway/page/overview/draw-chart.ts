import uPlot from "uplot";
// oxlint-disable-next-line import/no-unassigned-import
import "uplot/dist/uPlot.min.css";
import { stepWords } from "./chart-spec.ts";
import type { ChartSpec, Series } from "./chart-spec.ts";

/** A chart on the page. */
export interface DrawnChart {
  /** Shows other values; the same series as before. */
  update(spec: ChartSpec): void;
  remove(): void;
}

const height = 190;
const font = '12px system-ui, "DejaVu Sans", sans-serif';

/** Draws a chart into an element, as wide as that is. */
export function drawChart(host: HTMLElement, first: ChartSpec): DrawnChart {
  let spec = first;
  const plot = new uPlot(
    optionsFor(host, spec, () => spec),
    dataOf(spec),
    host,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height }));
  observer.observe(host);
  return {
    update(next) {
      spec = next;
      plot.setData(dataOf(next));
    },
    remove() {
      observer.disconnect();
      plot.destroy();
    },
  };
}

/** The tallest first, so that the others are drawn over it: then bars seem to stand on each other. */
const drawnOrder = ({ kind, series }: ChartSpec): readonly Series[] =>
  kind === "bars" ? series.toReversed() : series;

function dataOf(spec: ChartSpec): uPlot.AlignedData {
  const heights = spec.series.map(({ values }, place) =>
    spec.kind === "lines"
      ? [...values]
      : values.map((_, step) =>
          spec.series.slice(0, place + 1).reduce((sum, below) => sum + (below.values[step] ?? 0), 0),
        ),
  );
  return [[...spec.times], ...(spec.kind === "bars" ? heights.toReversed() : heights)];
}

function optionsFor(host: HTMLElement, spec: ChartSpec, latest: () => ChartSpec): uPlot.Options {
  const [text, line] = [colorOf(host, "--soft"), colorOf(host, "--line")];
  const axis = { stroke: text, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width: host.clientWidth,
    height,
    ms: 1,
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: {
      y: false,
      drag: { setScale: false, x: false, y: false },
      points: { show: spec.kind === "lines" },
    },
    scales: {
      x: { range: (_, from, to) => [from - spec.stepMs / 2, to + spec.stepMs / 2] },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 70, values: (_, splits) => splits.map(stepWords) },
      { ...axis, size: 64, space: 34, values: (_, splits) => splits.map((value) => latest().words(value)) },
    ],
    series: [{}, ...drawnOrder(spec).map((one) => seriesFor(colorOf(host, one.color), spec.kind))],
    plugins: [tooltip(host, latest)],
  };
}

function seriesFor(color: string, kind: ChartSpec["kind"]): uPlot.Series {
  if (kind === "lines")
    return { stroke: color, width: 2, points: { show: true, size: 5, fill: color, filter: alone } };
  const bars = uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.12 });
  return { stroke: color, fill: color, width: 0, points: { show: false }, ...(bars && { paths: bars }) };
}

/** The points that no line leads to. */
const alone: uPlot.Series.Points.Filter = ({ data }, series) => {
  const values = data[series] ?? [];
  const isThere = (at: number) => values[at] !== null && values[at] !== undefined;
  return [...values.keys()].filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1));
};

/** A canvas knows no variables: an element that uses one says what it stands for. */
function colorOf(host: HTMLElement, variable: string): string {
  const probe = host.appendChild(document.createElement("span"));
  probe.style.color = `var(${variable})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Says what stands under the pointer. */
function tooltip(host: HTMLElement, latest: () => ChartSpec): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "chart-tip";
  box.hidden = true;
  return {
    hooks: {
      ready: (plot) => plot.over.append(box),
      setCursor: (plot) => {
        const { idx, left = -1 } = plot.cursor;
        const { times, series, words } = latest();
        const time = idx === null || idx === undefined ? undefined : times[idx];
        box.hidden = time === undefined || left < 0;
        if (time === undefined || idx === null || idx === undefined) return;
        const head = document.createElement("strong");
        head.textContent = stepWords(time);
        const lines = series.flatMap(({ label, values, color }) => {
          const value = values[idx];
          return value === null || value === undefined ? [] : [tipLine(host, label, words(value), color)];
        });
        box.replaceChildren(head, ...lines);
        const isRight = left > plot.over.clientWidth / 2;
        box.style.left = isRight ? "" : `${left + 12}px`;
        box.style.right = isRight ? `${plot.over.clientWidth - left + 12}px` : "";
      },
    },
  };
}

function tipLine(host: HTMLElement, label: string, value: string, color: string): HTMLElement {
  const line = document.createElement("p");
  const swatch = document.createElement("span");
  swatch.className = "swatch";
  swatch.style.background = colorOf(host, color);
  const name = document.createElement("span");
  name.textContent = label;
  const figure = document.createElement("b");
  figure.textContent = value;
  line.append(swatch, name, figure);
  return line;
}
