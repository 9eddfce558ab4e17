import { useEffect, useState } from "preact/hooks";
import { ask, inWorkspace, own, standard } from "../api.ts";
import type { DeadLetter, DestinationView } from "../api.ts";
import { count } from "../format.ts";
import { useStats } from "../observability/use-stats.ts";
import { Dialog } from "../shell/dialog.tsx";
import { Loading } from "../shell/loading.tsx";
import { usePolled } from "../use-polled.ts";
import { Letter } from "./letter.tsx";
import { ReplayProgress } from "./replay-progress.tsx";
import type { Replay } from "./replay-progress.tsx";

interface Letters {
  readonly data: readonly DeadLetter[];
  readonly total_count: number;
}

const perPage = 25;

/** What a destination refused, to be looked at, sent again or thrown away. */
export function DeadLetters(props: { readonly id: string; readonly workspace: string | undefined }) {
  const { id, workspace } = props;
  const path = `${own}/destinations/${encodeURIComponent(id)}/dead-letters`;
  const [offset, setOffset] = useState(0);
  const { value, failure, refresh } = usePolled<Letters>(`${path}?offset=${offset}&limit=${perPage}`, 2000);
  const stats = useStats();
  const all = useDestinations(workspace);
  const [target, setTarget] = useState(id);
  const [said, setSaid] = useState("");
  const [replay, setReplay] = useState<Replay>();
  const [isPurging, setIsPurging] = useState(false);
  const total = value?.total_count ?? 0;
  const nameOf = (which: string) => all.find((one) => one.id === which)?.name ?? "the destination";
  // The last page may have gone away.
  useEffect(() => {
    if (value && offset > 0 && offset >= total) setOffset(Math.max(0, offset - perPage));
  }, [value, offset, total]);

  const act = async (work: () => Promise<string>) => {
    try {
      setSaid(await work());
    } catch (error) {
      setSaid((error as Error).message);
    }
    refresh();
    stats.refresh();
  };
  const send = (eventId?: string) =>
    act(async () => {
      const body = {
        ...(eventId !== undefined && { event_id: eventId }),
        ...(target !== id && { to: target }),
      };
      const { replayed } = await ask<{ replayed: number }>("POST", `${path}/replay`, body);
      setReplay({ to: target, name: nameOf(target), replayed });
      return `${count(replayed)} handed to ${nameOf(target)} again.`;
    });
  const purge = () => {
    setIsPurging(false);
    void act(async () => `${count((await ask<{ purged: number }>("DELETE", path)).purged)} thrown away.`);
  };
  return (
    <>
      <p class="back">
        <a href="#/">← Observability</a>
      </p>
      <h1>Dead letters{all.length > 0 && ` of ${nameOf(id)}`}</h1>
      <p class="lead">
        Traces this destination will not take, however often they are sent. The newest 1,000 are kept.
      </p>
      <p role="alert" class="bad">
        {failure}
      </p>
      {total > 0 && (
        <div class="card letter-actions">
          <div class="field">
            <label for="target">Send to</label>
            <select id="target" value={target} onChange={(event) => setTarget(event.currentTarget.value)}>
              {all.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          </div>
          <div class="buttons">
            <button type="button" class="primary" onClick={() => void send()}>
              Replay all {count(total)}
            </button>
            <button type="button" class="danger" onClick={() => setIsPurging(true)}>
              Purge
            </button>
          </div>
        </div>
      )}
      <p role="status" class={said ? "notice" : "none"}>
        {said}
      </p>
      {replay && (
        <ReplayProgress key={`${replay.to} ${said}`} replay={replay} stats={stats.statsOf(replay.to)} />
      )}
      {!value && !failure && <Loading lines={4} />}
      {value && total === 0 && (
        <p class="empty">There are none: this destination has taken all it was sent.</p>
      )}
      {value && total > 0 && (
        <ul class="card letters">
          {value.data.map((letter) => (
            <Letter
              key={letter.eventId}
              letter={letter}
              path={path}
              onReplay={() => void send(letter.eventId)}
            />
          ))}
        </ul>
      )}
      {total > perPage && <Pager offset={offset} total={total} onTurn={setOffset} />}
      {isPurging && (
        <Dialog
          title={`Throw ${count(total)} dead ${total === 1 ? "letter" : "letters"} away?`}
          action="Purge"
          onAction={purge}
          onCancel={() => setIsPurging(false)}
        >
          <p>They cannot be had back, and {nameOf(id)} will never see these traces.</p>
        </Dialog>
      )}
    </>
  );
}

function Pager(props: {
  readonly offset: number;
  readonly total: number;
  readonly onTurn: (offset: number) => void;
}) {
  const { offset, total, onTurn } = props;
  return (
    <nav class="pager" aria-label="Pages">
      <button type="button" disabled={offset === 0} onClick={() => onTurn(Math.max(0, offset - perPage))}>
        Newer
      </button>
      <span>
        {count(offset + 1)} to {count(Math.min(total, offset + perPage))} of {count(total)}
      </span>
      <button type="button" disabled={offset + perPage >= total} onClick={() => onTurn(offset + perPage)}>
        Older
      </button>
    </nav>
  );
}

/** Every destination of the workspace, for their names. */
function useDestinations(workspace: string | undefined): readonly DestinationView[] {
  const path = `${standard}/observability/destinations?limit=100${inWorkspace(workspace)}`;
  return usePolled<{ data: readonly DestinationView[] }>(path, 60_000).value?.data ?? [];
}
