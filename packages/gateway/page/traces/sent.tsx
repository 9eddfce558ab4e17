import { useEffect, useState } from "preact/hooks";
import { ask, own } from "../api.ts";
import type { Fate } from "../api.ts";
import { fateSentence } from "./fate.tsx";
import { size } from "../format.ts";
import { JsonBlock } from "./json-block.tsx";
import type { Sent as SentRows } from "./trace-api.ts";

/** What a destination got, row by row; asked for when somebody opens it. */
export function Sent({ fate, eventId }: { fate: Fate; eventId: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="sent" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{questionAbout(fate)}</summary>
      {isOpen && <Rows fate={fate} eventId={eventId} />}
    </details>
  );
}

function questionAbout({ name, state }: Fate): string {
  if (state === "waiting") return `What will ${name} get?`;
  if (state === "dead") return `What did ${name} refuse?`;
  return `What did ${name} get?`;
}

function Rows({ fate, eventId }: { fate: Fate; eventId: string }) {
  const [sent, setSent] = useState<SentRows>();
  const [failure, setFailure] = useState("");
  useEffect(() => {
    const path = `${own}/traces/${encodeURIComponent(eventId)}/sent/${fate.id}`;
    ask<{ data: SentRows }>("GET", path).then(
      ({ data }) => (setSent(data), setFailure("")),
      (error: Error) => setFailure(error.message),
    );
  }, [eventId, fate.id, fate.state, fate.private]);
  if (failure)
    return (
      <p role="alert" class="bad">
        {failure}
      </p>
    );
  if (!sent) return <p class="hint">Loading…</p>;
  const { pieces } = sent;
  if (pieces.length === 0)
    return <p>Nothing. {sent.failure === undefined ? fateSentence(sent.fate) : `${sent.failure}.`}</p>;
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  return (
    <>
      <p class="hint">
        {pieces.length === 1 ? "One piece" : `${pieces.length} pieces`}, {size(bytes)},{" "}
        {sent.private ? "without content, for the destination is private" : "content and all"}. Encoded by the
        same code that sends, under the settings of now.
      </p>
      {pieces.map(({ key, json, text, bytes: length }, place) => (
        <JsonBlock
          key={place}
          title={`${key ?? `piece ${place + 1}`} (${size(length)})`}
          value={json ?? text ?? ""}
        />
      ))}
    </>
  );
}
