import type { TraceSummary } from "../api.ts";
import { duration } from "../format.ts";
import { treeRows } from "./trace-tree.ts";
import type { TreeRow } from "./trace-tree.ts";

interface Props {
  readonly generations: readonly TraceSummary[];
  /** The generation that is being looked at. */
  readonly shownId: string;
}

const ticks = [0, 0.25, 0.5, 0.75, 1];

/** A whole trace: its spans and generations one below the other, each with its bar in time. */
export function TraceTimeline({ generations, shownId }: Props) {
  const rows = treeRows(generations);
  const fromMs = Math.min(...rows.map(({ startMs }) => startMs));
  const totalMs = Math.max(1, Math.max(...rows.map(({ endMs }) => endMs)) - fromMs);
  return (
    <div class="timeline card">
      <p class="axis" aria-hidden="true">
        <span class="ticks">
          {ticks.map((tick) => (
            <span key={tick}>{duration(tick * totalMs)}</span>
          ))}
        </span>
      </p>
      <ol class="tree" aria-label="Trace, spans and generations">
        {rows.map((row) => (
          <li
            key={row.key}
            class={`${row.kind} depth-${row.depth}`}
            aria-current={row.key === shownId ? "true" : undefined}
          >
            <span class="name">
              <span class="kind">{row.kind}</span>
              {row.generation && generations.length > 1 ? (
                <a href={`#/traces/${row.key}`}>{row.name}</a>
              ) : (
                <span>{row.name}</span>
              )}
            </span>
            <Bar row={row} fromMs={fromMs} totalMs={totalMs} />
            <span class="hint took">{tookWords(row)}</span>
          </li>
        ))}
      </ol>
      <p class="legend hint" aria-hidden="true">
        <span class="swatch waiting" /> until the first token <span class="swatch saying" /> answering
      </p>
    </div>
  );
}

/** How wide the drawing is in its own units; the narrowest bar is a hundredth of that. */
const width = 1000;

function Bar({ row, fromMs, totalMs }: { row: TreeRow; fromMs: number; totalMs: number }) {
  const at = (ms: number) => ((ms - fromMs) / totalMs) * width;
  const [start, end] = [at(row.startMs), at(row.endMs)];
  const firstTokenMs = row.generation?.timing.firstTokenMs;
  const first = firstTokenMs === undefined ? undefined : at(firstTokenMs);
  return (
    <svg viewBox={`0 0 ${width} 10`} preserveAspectRatio="none" role="img" aria-label={tookWords(row)}>
      {[0.25, 0.5, 0.75].map((tick) => (
        <rect key={tick} class="grid" x={tick * width} width="1" height="10" />
      ))}
      <rect
        class={`bar ${row.kind} ${row.generation?.failed ? "failed" : ""}`}
        x={Math.min(start, width - width / 100)}
        width={Math.max(width / 100, end - start)}
        height="10"
      />
      {first !== undefined && (
        <>
          <rect class="waiting" x={start} width={Math.max(0, first - start)} height="10" />
          <rect class="first" x={Math.max(0, first - 1)} width="3" height="10" />
        </>
      )}
    </svg>
  );
}

function tookWords({ startMs, endMs, generation }: TreeRow): string {
  const first = generation?.timing.firstTokenMs;
  const took = duration(endMs - startMs);
  return first === undefined ? took : `${took}, first token ${duration(first - startMs)}`;
}
