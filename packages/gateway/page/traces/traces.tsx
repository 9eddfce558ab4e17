import { useEffect, useState } from "preact/hooks";
import type { TraceSummary } from "../api.ts";
import { FateMark } from "./fate.tsx";
import { Loading } from "../shell/loading.tsx";
import { count, duration, timeOfDay, usd } from "../format.ts";
import { addressOf, filterIn, isShown, modelOf } from "./trace-filter.ts";
import type { TraceFilter } from "./trace-filter.ts";
import { TraceFilters } from "./trace-filters.tsx";
import { useLiveTraces } from "./use-live-traces.ts";

/** The last traces, newest first, as they arrive. */
export function Traces() {
  const { traces, failure } = useLiveTraces();
  const { shown, unseen, isHeld, toggle } = useHold(traces);
  const [filter, setFilter] = useFilter();
  const found = shown?.filter((trace) => isShown(trace, filter)) ?? [];
  return (
    <>
      <header class="heading">
        <h1>Traces</h1>
        <p class={`live ${failure !== undefined ? "lost" : isHeld ? "held" : "on"}`}>
          {failure !== undefined
            ? "Not live"
            : isHeld
              ? `Paused${unseen > 0 ? `, ${unseen} new` : ""}`
              : "Live"}
        </p>
        <button type="button" onClick={toggle}>
          {isHeld ? "Resume" : "Pause"}
        </button>
      </header>
      <TraceFilters traces={shown ?? []} filter={filter} onChange={setFilter} />
      {failure !== undefined && (
        <p role="alert" class="result bad">
          {failure} Trying again…
        </p>
      )}
      <Count shown={found.length} total={shown?.length} />
      <TraceTable traces={shown} found={found} search={filter.search ?? ""} onClear={() => setFilter({})} />
    </>
  );
}

/** Holds the list still while somebody reads it: nothing new comes in, but what becomes of the shown ones is still shown. */
function useHold(traces: readonly TraceSummary[] | undefined) {
  const [held, setHeld] = useState<readonly TraceSummary[]>();
  const latest = new Map(traces?.map((trace) => [trace.id, trace]));
  const ids = new Set(held?.map(({ id }) => id));
  return {
    isHeld: held !== undefined,
    shown: held ? held.map((trace) => latest.get(trace.id) ?? trace) : traces,
    unseen: held ? (traces?.filter(({ id }) => !ids.has(id)).length ?? 0) : 0,
    toggle: () => setHeld(held ? undefined : (traces ?? [])),
  };
}

/** The filter that stands in the address, so that it can be kept and shared. */
function useFilter() {
  const [filter, setFilter] = useState<TraceFilter>(() => filterIn(location.hash));
  useEffect(() => {
    const read = () => setFilter(filterIn(location.hash));
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  const change = (next: TraceFilter) => {
    history.replaceState(history.state, "", addressOf(next));
    setFilter(next);
  };
  return [filter, change] as const;
}

/** How many there are, said aloud when it has stayed so for a while, and not at every trace. */
function Count({ shown, total }: { shown: number; total: number | undefined }) {
  const words =
    total === undefined
      ? "\u00a0"
      : shown === total
        ? `${count(total)} ${total === 1 ? "trace" : "traces"}`
        : `${count(shown)} of ${count(total)} traces`;
  const [said, setSaid] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSaid(words), 1500);
    return () => clearTimeout(timer);
  }, [words]);
  return (
    <>
      <p class="hint counted" aria-hidden="true">
        {words}
      </p>
      <p class="out-of-sight" role="status">
        {said}
      </p>
    </>
  );
}

interface TableProps {
  readonly traces: readonly TraceSummary[] | undefined;
  readonly found: readonly TraceSummary[];
  readonly search: string;
  readonly onClear: () => void;
}

function TraceTable({ traces, found, search, onClear }: TableProps) {
  if (!traces) return <Loading lines={6} />;
  if (traces.length === 0)
    return <p class="empty">No trace yet. Send a request through this gateway, and it appears here.</p>;
  if (found.length === 0)
    return (
      <div class="empty">
        <p>{search.trim() === "" ? "No trace fits." : `No trace has “${search.trim()}” in it.`}</p>
        <button type="button" onClick={onClear}>
          Show all
        </button>
      </div>
    );
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Traces">
      <table class="traces">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Name</th>
            <th scope="col">Model</th>
            <th scope="col" class="number">
              Tokens
            </th>
            <th scope="col" class="number">
              Cost
            </th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col">Went to</th>
          </tr>
        </thead>
        <tbody>
          {found.map((trace) => (
            <Row key={trace.id} trace={trace} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ trace }: { trace: TraceSummary }) {
  const { id, timing, usage, cost, fates, failed, cancelled, user, trace: named } = trace;
  const beside = [named.traceName ?? named.traceId, named.spanName, user].filter(
    (text) => text !== undefined && text !== nameOf(trace),
  );
  return (
    <tr>
      <td class="figure">{timeOfDay(timing.startMs)}</td>
      <td>
        <a href={`#/traces/${id}`}>{nameOf(trace)}</a>
        {failed && <span class="tag bad">failed</span>}
        {cancelled && <span class="tag warn">cancelled</span>}
        {beside.length > 0 && <p class="hint beside">{beside.join(" · ")}</p>}
      </td>
      <td>{modelOf(trace)}</td>
      <td class="number">{usage?.["totalTokens"] === undefined ? "–" : count(usage["totalTokens"])}</td>
      <td class="number">
        {cost?.totalUsd === undefined ? "–" : `${cost.estimated ? "≈ " : ""}${usd(cost.totalUsd)}`}
      </td>
      <td class="number">{duration(timing.endMs - timing.startMs)}</td>
      <td>
        {fates.length === 0 ? (
          <span class="hint">nowhere else</span>
        ) : (
          fates.map((fate) => <FateMark key={fate.name} fate={fate} />)
        )}
      </td>
    </tr>
  );
}

/** The name a trace goes by. */
export const nameOf = ({ trace, operation }: Pick<TraceSummary, "trace" | "operation">): string =>
  trace.generationName ?? trace.spanName ?? trace.traceName ?? operation;
