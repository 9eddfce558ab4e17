import { useState } from "preact/hooks";
import { own } from "./api.ts";
import type { TraceSummary } from "./api.ts";
import { FateMark } from "./fate.tsx";
import { count, duration, timeOfDay, usd } from "./format.ts";
import { usePolled } from "./use-polled.ts";

/** The last traces, newest first, as they arrive. */
export function Traces() {
  const { value, failure } = usePolled<{ data: readonly TraceSummary[] }>(`${own}/traces`, 700);
  const [search, setSearch] = useState("");
  const found = value?.data.filter((trace) => matches(trace, search.trim().toLowerCase())) ?? [];
  return (
    <>
      <h1>Traces</h1>
      <div class="field search">
        <label for="search">Search</label>
        <input
          id="search"
          type="search"
          placeholder="model, name, user, session, tag"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      {failure && <p class="bad">{failure}</p>}
      {value && value.data.length === 0 && (
        <p class="empty">No trace yet. Send a request through this gateway, and it appears here.</p>
      )}
      {value && value.data.length > 0 && found.length === 0 && (
        <p class="empty">No trace has “{search}” in it.</p>
      )}
      {found.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Traces">
          <table>
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
      )}
    </>
  );
}

function Row({ trace }: { trace: TraceSummary }) {
  const { id, timing, model, usage, cost, fates, failed, cancelled } = trace;
  return (
    <tr>
      <td>{timeOfDay(timing.startMs)}</td>
      <td>
        <a href={`#/traces/${id}`}>{nameOf(trace)}</a>
        {failed && <span class="tag bad">failed</span>}
        {cancelled && <span class="tag warn">cancelled</span>}
      </td>
      <td>{model.resolved ?? model.requested ?? "unknown"}</td>
      <td class="number">{usage?.["totalTokens"] === undefined ? "–" : count(usage["totalTokens"])}</td>
      <td class="number">{cost?.totalUsd === undefined ? "–" : usd(cost.totalUsd)}</td>
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

function matches(trace: TraceSummary, search: string): boolean {
  if (search === "") return true;
  const { model, provider, user, sessionId, tags, trace: names, id } = trace;
  const { traceId, traceName, spanName, generationName } = names;
  return [
    id,
    model.resolved,
    model.requested,
    provider,
    user,
    sessionId,
    traceId,
    traceName,
    spanName,
    generationName,
    ...tags,
  ]
    .filter((text) => text !== undefined)
    .some((text) => text.toLowerCase().includes(search));
}
