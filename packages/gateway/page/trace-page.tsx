import { useState } from "preact/hooks";
import { ask, own } from "./api.ts";
import type { Fate, TraceDetail } from "./api.ts";
import { FateMark, fateSentence } from "./fate.tsx";
import { count, duration, timeOfDay, usd } from "./format.ts";
import { Messages } from "./messages.tsx";
import { nameOf } from "./traces.tsx";
import { usePolled } from "./use-polled.ts";

type Event = TraceDetail["event"];

/** One trace: what was said, how it went, and where it went. */
export function TracePage({ id }: { id: string }) {
  const { value, failure, refresh } = usePolled<{ data: TraceDetail }>(
    `${own}/traces/${encodeURIComponent(id)}`,
    1000,
  );
  if (!value)
    return failure ? (
      <p role="alert" class="bad">
        {failure}
      </p>
    ) : (
      <p class="hint">Loading…</p>
    );
  const { event, fates } = value.data;
  return (
    <article class="trace">
      <p>
        <a href="#/traces">← Traces</a>
      </p>
      <h1>{nameOf(event)}</h1>
      <p class="lead">
        {event.model.resolved ?? event.model.requested ?? "unknown model"}
        {event.provider && ` by ${event.provider}`}, {timeOfDay(event.timing.startMs)}
      </p>
      {event.error && (
        <p class="result bad">
          ✕ {[event.error.status, event.error.type, event.error.message].filter(Boolean).join(" · ")}
        </p>
      )}
      <Tree event={event} />
      <div class="columns">
        <div>
          <section aria-labelledby="conversation">
            <h2 id="conversation">Conversation</h2>
            <Messages input={event.input} output={event.output} />
          </section>
        </div>
        <aside>
          <section aria-labelledby="went">
            <h2 id="went">Where it went</h2>
            {fates.length === 0 && <p class="hint">No destination was configured.</p>}
            <ul class="fates">
              {fates.map((fate) => (
                <FateRow key={fate.name} fate={fate} eventId={event.id} onReplayed={refresh} />
              ))}
            </ul>
          </section>
          <section aria-labelledby="figures">
            <h2 id="figures">Figures</h2>
            <Figures event={event} />
          </section>
          <section aria-labelledby="metadata">
            <h2 id="metadata">Metadata</h2>
            <Facts
              facts={{
                user: event.user,
                session: event.sessionId,
                "trace id": event.trace.traceId,
                tags: event.tags.join(", ") || undefined,
                ...event.trace.metadata,
              }}
            />
          </section>
          <section aria-labelledby="parameters">
            <h2 id="parameters">Parameters</h2>
            <Facts facts={event.parameters} />
          </section>
        </aside>
      </div>
    </article>
  );
}

/** Trace, span and generation one below the other, each with its bar in time. */
function Tree({ event }: { event: Event }) {
  const { trace, timing, model } = event;
  const total = Math.max(1, timing.endMs - timing.startMs);
  const first = timing.firstTokenMs === undefined ? undefined : timing.firstTokenMs - timing.startMs;
  const isNamed = trace.traceId ?? trace.traceName ?? trace.spanName;
  const rows = [
    ...(isNamed ? [["trace", trace.traceName ?? "trace"] as const] : []),
    ...(trace.spanName ? [["span", trace.spanName] as const] : []),
    ["generation", trace.generationName ?? model.resolved ?? "generation"] as const,
  ];
  return (
    <ol class="tree" aria-label="Trace, span and generation">
      {rows.map(([kind, name], depth) => (
        <li key={kind} class={`depth-${depth}`}>
          <span class="kind">{kind}</span>
          <span class="name">{name}</span>
          <svg
            viewBox="0 0 100 8"
            preserveAspectRatio="none"
            role="img"
            aria-label={`took ${duration(total)}`}
          >
            <rect class="bar" width="100" height="8" rx="1" />
            {kind === "generation" && first !== undefined && (
              <rect class="first" x={(first / total) * 100 - 0.4} width="0.8" height="8" />
            )}
          </svg>
          <span class="hint">
            {duration(total)}
            {kind === "generation" && first !== undefined && `, first token after ${duration(first)}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Figures({ event }: { event: Event }) {
  const { usage = {}, cost, timing, finishReason, streamed, cancelled } = event;
  const tokens = Object.entries(usage).map(
    ([name, value]) =>
      [
        name
          .replace(/Tokens$/, " tokens")
          .replace(/([A-Z])/g, " $1")
          .toLowerCase(),
        count(value),
      ] as const,
  );
  return (
    <Facts
      facts={{
        took: duration(timing.endMs - timing.startMs),
        cost:
          cost?.totalUsd === undefined
            ? undefined
            : usd(cost.totalUsd) + (cost.estimated ? " (estimated)" : ""),
        ...Object.fromEntries(tokens),
        finish: finishReason?.normalized ?? finishReason?.native,
        streamed: streamed ? "yes" : "no",
        cancelled: cancelled ? "by the client" : undefined,
      }}
    />
  );
}

function Facts({ facts }: { facts: Readonly<Record<string, unknown>> }) {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  if (known.length === 0) return <p class="hint">None.</p>;
  return (
    <dl class="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function FateRow({ fate, eventId, onReplayed }: { fate: Fate; eventId: string; onReplayed: () => void }) {
  const [failure, setFailure] = useState("");
  const replay = () =>
    ask("POST", `${own}/destinations/${fate.id}/dead-letters/replay`, { event_id: eventId }).then(
      onReplayed,
      (error: Error) => setFailure(error.message),
    );
  return (
    <li>
      <FateMark fate={fate} />
      {fate.private && <span class="tag idle">private</span>}
      <p>{fateSentence(fate)}</p>
      {fate.state === "dead" && fate.id !== undefined && (
        <button type="button" onClick={() => void replay()}>
          Replay
        </button>
      )}
      {failure && <p class="bad">{failure}</p>}
    </li>
  );
}
