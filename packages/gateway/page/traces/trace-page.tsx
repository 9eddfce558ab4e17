import { useEffect, useState } from "preact/hooks";
import { own } from "../api.ts";
import type { TraceDetail } from "../api.ts";
import { Facts } from "./facts.tsx";
import { timeOfDay } from "../format.ts";
import { JsonBlock } from "./json-block.tsx";
import { Messages } from "./messages.tsx";
import { AllFigures, KeyFigures } from "./trace-figures.tsx";
import { addressOf, modelOf } from "./trace-filter.ts";
import { TraceTimeline } from "./trace-timeline.tsx";
import { nameOf } from "./traces.tsx";
import { Loading } from "../shell/loading.tsx";
import { usePolled } from "../use-polled.ts";
import { WhereItWent } from "./where-it-went.tsx";

type Event = TraceDetail["event"];

/** One trace: what was said, how it went, and where it went. */
export function TracePage({ id }: { id: string }) {
  const [isSettled, setSettled] = useState(false);
  const { value, failure, refresh } = usePolled<{ data: TraceDetail }>(
    `${own}/traces/${encodeURIComponent(id)}`,
    isSettled ? 5000 : 1000,
  );
  useEffect(() => setSettled(value?.data.fates.every(({ state }) => state !== "waiting") ?? false), [value]);
  const back = (
    <p>
      <a href="#/traces">← Traces</a>
    </p>
  );
  // Another generation of the same trace takes the place of this one when it is there, not before.
  const isThis = value?.data.event.id === id;
  if (!value || (failure !== undefined && !isThis))
    return (
      <>
        {back}
        <h1>Trace</h1>
        {failure === undefined ? (
          <Loading lines={6} />
        ) : (
          <p role="alert" class="result bad">
            {failure}
          </p>
        )}
      </>
    );
  const { event, fates, together } = value.data;
  return (
    <article class="trace" aria-busy={!isThis}>
      {back}
      <Heading event={event} />
      {failure !== undefined && (
        <p role="alert" class="result bad">
          {failure} Trying again…
        </p>
      )}
      {event.error && (
        <p class="result bad">
          ✕ {[event.error.status, event.error.type, event.error.message].filter(Boolean).join(" · ")}
        </p>
      )}
      <KeyFigures event={event} />
      <TraceTimeline generations={together} shownId={event.id} />
      <WhereItWent key={event.id} fates={fates} eventId={event.id} onReplayed={refresh} />
      <div class="columns">
        <section aria-labelledby="conversation">
          <h2 id="conversation">Conversation</h2>
          <Messages input={event.input} output={event.output} />
        </section>
        <Aside event={event} />
      </div>
    </article>
  );
}

function Heading({ event }: { event: Event }) {
  const { provider, timing, cancelled, error, streamed, operation } = event;
  return (
    <header class="trace-heading">
      <h1>{nameOf(event)}</h1>
      <p class="lead">
        {modelOf(event)}
        {provider && ` by ${provider}`}, {timeOfDay(timing.startMs)}
      </p>
      <p>
        {error && <span class="tag bad">failed</span>}
        {cancelled && <span class="tag warn">cancelled by the client</span>}
        <span class="tag">{operation}</span>
        {streamed && <span class="tag">streamed</span>}
        {event.tags.map((tag) => (
          <span key={tag} class="tag idle">
            # {tag}
          </span>
        ))}
      </p>
    </header>
  );
}

function Aside({ event }: { event: Event }) {
  const { user, sessionId, trace, apiKey, contentParameters = {}, generation = {} } = event;
  const metadata = Object.keys(trace.metadata).length > 0;
  return (
    <aside>
      <section aria-labelledby="who">
        <h2 id="who">Who and what</h2>
        <Facts
          facts={{
            user: user && <a href={addressOf({ user })}>{user}</a>,
            session: sessionId && <a href={addressOf({ session: sessionId })}>{sessionId}</a>,
            trace: trace.traceName,
            "trace id": trace.traceId,
            span: trace.spanName,
            generation: trace.generationName,
            "parent span": trace.parentSpanId,
            "API key": apiKey?.name ?? apiKey?.hash.slice(0, 12),
          }}
        />
      </section>
      {metadata && (
        <section aria-labelledby="metadata">
          <h2 id="metadata">Metadata</h2>
          <Facts facts={trace.metadata} />
        </section>
      )}
      <section aria-labelledby="figures">
        <h2 id="figures">Figures</h2>
        <AllFigures event={event} />
      </section>
      <section aria-labelledby="parameters">
        <h2 id="parameters">Parameters</h2>
        <Facts facts={event.parameters} />
        {Object.entries(contentParameters).map(([name, value]) => (
          <details key={name} class="sent">
            <summary>{name.replaceAll("_", " ")}</summary>
            <JsonBlock title={name} value={value} />
          </details>
        ))}
      </section>
      {Object.keys(generation).length > 0 && (
        <section aria-labelledby="generation">
          <h2 id="generation">Generation data</h2>
          {Object.entries(generation).map(([name, value]) => (
            <details key={name} class="sent">
              <summary>{name.replace(/([A-Z])/g, " $1").toLowerCase()}</summary>
              <JsonBlock title={name} value={value} />
            </details>
          ))}
        </section>
      )}
    </aside>
  );
}
