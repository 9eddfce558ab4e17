import { useEffect, useRef } from "preact/hooks";
import { stepWords } from "./chart-spec.ts";
import type { ChartSpec } from "./chart-spec.ts";
import type { DrawnChart } from "./draw-chart.ts";

/** A chart with its legend, and all its figures as a table for whoever wants them so. */
export function Chart({ spec }: { spec: ChartSpec }) {
  const host = useRef<HTMLDivElement>(null);
  const drawn = useRef<DrawnChart>();
  const latest = useRef(spec);
  latest.current = spec;
  const shape = spec.series.map(({ label }) => label).join("\n") + spec.stepMs;
  useEffect(() => {
    const place = host.current;
    let gone = false;
    // What draws is as large as the rest of the page; it is fetched by whoever looks at a chart.
    const draw = async () => {
      const { drawChart } = await import("./draw-chart.ts");
      if (gone || !place) return;
      drawn.current?.remove();
      drawn.current = drawChart(place, latest.current);
    };
    void draw();
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => void draw();
    scheme.addEventListener("change", redraw);
    return () => {
      gone = true;
      scheme.removeEventListener("change", redraw);
      drawn.current?.remove();
      drawn.current = undefined;
    };
  }, [shape]);
  useEffect(() => drawn.current?.update(spec), [spec]);
  return (
    <figure class="chart card">
      <figcaption>
        <h2>{spec.title}</h2>
        {spec.series.length > 1 && <Legend spec={spec} />}
      </figcaption>
      <div ref={host} class="plot" aria-hidden="true" />
      <details>
        <summary>
          As a table<span class="out-of-sight">: {spec.title}</span>
        </summary>
        <Table spec={spec} />
      </details>
    </figure>
  );
}

function Legend({ spec }: { spec: ChartSpec }) {
  return (
    <ul class="chart-legend">
      {spec.series.map(({ label, color }) => (
        <li key={label}>
          <svg class="swatch" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
            <rect width="1" height="1" fill={`var(${color})`} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}

/** The latest first; steps in which nothing happened are left out. */
function Table({ spec }: { spec: ChartSpec }) {
  const steps = spec.times
    .map((time, step) => ({ time, values: spec.series.map(({ values }) => values[step] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .toReversed();
  if (steps.length === 0) return <p class="hint">Nothing happened.</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${spec.title}, as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            {spec.series.map(({ label }) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map(({ time, values }) => (
            <tr key={time}>
              <th scope="row">{stepWords(time)}</th>
              {values.map((value, place) => (
                <td key={place} class="number">
                  {value === null ? "–" : spec.words(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
