import { useEffect, useRef, useState } from "preact/hooks";

const length = 60;

/** How much a growing count grew in each of the last 60 looks at it. */
export function useHistory(total: number | undefined): readonly number[] {
  const [history, setHistory] = useState<readonly number[]>([]);
  const latest = useRef<number>();
  const seen = useRef(total);
  seen.current = total;
  useEffect(() => {
    const timer = setInterval(() => {
      if (seen.current === undefined) return;
      const grown = Math.max(0, seen.current - (latest.current ?? seen.current));
      latest.current = seen.current;
      setHistory((before) => [...before, grown].slice(-length));
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return history;
}

/** A line without axes. */
export function Sparkline({ history, label }: { history: readonly number[]; label: string }) {
  const most = Math.max(1, ...history);
  const from = length - history.length;
  const points = history.map((value, place) => `${from + place},${19 - (value / most) * 18}`);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${length} 20`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <polyline points={points.length > 1 ? points.join(" ") : `0,19 ${length},19`} />
    </svg>
  );
}
