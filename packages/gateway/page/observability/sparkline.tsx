import type { Sample } from "./use-stats.ts";

const seconds = 60;
const height = 24;

/** Deliveries a second over the last minute, as a line without axes. */
export function Sparkline({
  history,
  label,
}: {
  readonly history: readonly Sample[];
  readonly label: string;
}) {
  const rates = ratesOf(history);
  const most = Math.max(1, ...rates.map(({ rate }) => rate));
  const points = rates.map(
    ({ ago, rate }) =>
      `${(seconds - ago).toFixed(1)},${(height - 1 - (rate / most) * (height - 3)).toFixed(1)}`,
  );
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${seconds} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line x1="0" y1={height - 1} x2={seconds} y2={height - 1} />
      {points.length > 1 && <polyline points={points.join(" ")} />}
    </svg>
  );
}

/** How fast the count grew between each look and the next. */
function ratesOf(history: readonly Sample[]): readonly { readonly ago: number; readonly rate: number }[] {
  const latestMs = history.at(-1)?.atMs ?? 0;
  return history.slice(1).map(({ atMs, delivered }, place) => {
    const before = history[place];
    const spanMs = Math.max(1, atMs - (before?.atMs ?? atMs));
    const grown = Math.max(0, delivered - (before?.delivered ?? delivered));
    return { ago: (latestMs - atMs) / 1000, rate: (grown * 1000) / spanMs };
  });
}
