import { useState } from "preact/hooks";
import { ask, own } from "../api.ts";
import type { Fate } from "../api.ts";
import { FateMark, fateSentence } from "./fate.tsx";
import { Sent } from "./sent.tsx";

interface Props {
  readonly fates: readonly Fate[];
  readonly eventId: string;
  readonly onReplayed: () => void;
}

/** Each destination, and what became of the trace there. */
export function WhereItWent({ fates, eventId, onReplayed }: Props) {
  return (
    <section aria-labelledby="went">
      <h2 id="went">Where it went</h2>
      {fates.length === 0 && (
        <p class="hint">
          Nowhere else: no destination was configured when it came in. <a href="#/">Add one</a>.
        </p>
      )}
      <ul class="fates">
        {fates.map((fate) => (
          <Row key={fate.id ?? fate.name} fate={fate} eventId={eventId} onReplayed={onReplayed} />
        ))}
      </ul>
    </section>
  );
}

const isSent = ({ state }: Fate): boolean => state === "delivered" || state === "waiting" || state === "dead";

function Row({ fate, eventId, onReplayed }: { fate: Fate; eventId: string; onReplayed: () => void }) {
  const [failure, setFailure] = useState("");
  const replay = () =>
    ask("POST", `${own}/destinations/${fate.id}/dead-letters/replay`, { event_id: eventId }).then(
      onReplayed,
      (error: Error) => setFailure(error.message),
    );
  return (
    <li class="card">
      <div class="fate">
        <span>
          <FateMark fate={fate} />
          {fate.private && <span class="tag idle">private</span>}
        </span>
        <p>{fateSentence(fate)}</p>
        {fate.state === "dead" && fate.id !== undefined && (
          <button type="button" class="small" onClick={() => void replay()}>
            Replay<span class="out-of-sight"> to {fate.name}</span>
          </button>
        )}
      </div>
      {failure && (
        <p role="alert" class="bad">
          {failure}
        </p>
      )}
      {fate.id !== undefined && isSent(fate) && <Sent fate={fate} eventId={eventId} />}
    </li>
  );
}
