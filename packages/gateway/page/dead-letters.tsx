import { useState } from "preact/hooks";
import { ask, own } from "./api.ts";
import type { DeadLetter } from "./api.ts";
import { usePolled } from "./use-polled.ts";

/** What a destination refused, to be sent again or thrown away. */
export function DeadLetters({ id }: { id: string }) {
  const path = `${own}/destinations/${encodeURIComponent(id)}/dead-letters`;
  const { value, failure, refresh } = usePolled<{ data: readonly DeadLetter[] }>(path, 2000);
  const [said, setSaid] = useState("");
  const act = async (work: () => Promise<string>) => {
    try {
      setSaid(await work());
    } catch (error) {
      setSaid((error as Error).message);
    }
    refresh();
  };
  const replay = (eventId?: string) =>
    act(async () => {
      const body = eventId === undefined ? {} : { event_id: eventId };
      const { replayed } = await ask<{ replayed: number }>("POST", `${path}/replay`, body);
      return `${replayed} sent again.`;
    });
  const purge = () =>
    act(async () => `${(await ask<{ purged: number }>("DELETE", path)).purged} thrown away.`);
  const letters = value?.data ?? [];
  return (
    <>
      <p>
        <a href="#/">← Observability</a>
      </p>
      <h1>Dead letters</h1>
      <p class="lead">Traces that this destination will not take, however often they are sent.</p>
      {failure && <p class="bad">{failure}</p>}
      <p role="status">{said}</p>
      {value && letters.length === 0 && <p class="empty">There are none.</p>}
      {letters.length > 0 && (
        <div class="buttons">
          <button type="button" class="primary" onClick={() => void replay()}>
            Replay all
          </button>
          <button type="button" class="danger" onClick={() => void purge()}>
            Purge
          </button>
        </div>
      )}
      <ul class="letters">
        {letters.map((letter) => (
          <li key={letter.eventId} class="card">
            <p>
              <time dateTime={new Date(letter.diedMs).toISOString()}>
                {new Date(letter.diedMs).toLocaleString("en-GB")}
              </time>{" "}
              <a href={`#/traces/${letter.eventId}`}>{letter.eventId}</a>
            </p>
            <p class="bad">{letter.reason}</p>
            {letter.detail && <pre>{letter.detail}</pre>}
            <button
              type="button"
              onClick={() => void replay(letter.eventId)}
              aria-label={`Replay ${letter.eventId}`}
            >
              Replay
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
