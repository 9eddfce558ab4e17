import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import type { DeadLetter } from "../api.ts";

/** One dead letter. */
export interface LetterProps {
  readonly letter: DeadLetter;
  /** Where the API has the letters of its destination. */
  readonly path: string;
  readonly onReplay: () => void;
}

/** Why a trace was refused; its content only when somebody asks for it. */
export function Letter({ letter, path, onReplay }: LetterProps) {
  const { eventId, reason, detail, diedMs } = letter;
  return (
    <li class="letter">
      <div>
        <p>
          <strong class="bad">{reason}</strong> <span class="detail">{detail}</span>
        </p>
        <p class="hint">
          <time dateTime={new Date(diedMs).toISOString()}>{new Date(diedMs).toLocaleString("en-GB")}</time>{" "}
          <a href={`#/traces/${eventId}`} aria-label={`Trace ${eventId}`}>
            <code>{eventId}</code>
          </a>
        </p>
      </div>
      <button type="button" class="small" onClick={onReplay} aria-label={`Replay ${eventId}`}>
        Replay
      </button>
      <Inspect path={`${path}/${encodeURIComponent(eventId)}`} eventId={eventId} />
    </li>
  );
}

function Inspect({ path, eventId }: { readonly path: string; readonly eventId: string }) {
  const [text, setText] = useState<string>();
  const load = async () => {
    if (text !== undefined) return;
    try {
      const { data } = await ask<{ data: DeadLetter }>("GET", path);
      setText(
        data.event === undefined
          ? "The view of this trace could not be made, so nothing of it was kept."
          : JSON.stringify(data.event, undefined, 2),
      );
    } catch (error) {
      setText((error as Error).message);
    }
  };
  return (
    <details onToggle={(event) => void (event.currentTarget.open && load())}>
      <summary>The trace, as the destination was to see it</summary>
      <pre tabIndex={0} role="region" aria-label={`Trace ${eventId}`} aria-busy={text === undefined}>
        {text ?? "Loading…"}
      </pre>
    </details>
  );
}
