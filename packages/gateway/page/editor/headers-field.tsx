import { useState } from "preact/hooks";
import type { ConfigValue } from "../api.ts";

/** What a field of names and values needs. */
export interface HeadersFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: ConfigValue | undefined;
  readonly complaint: string | undefined;
  readonly onChange: (value: ConfigValue | undefined) => void;
}

type Row = readonly [name: string, value: string];

/** Request headers, a row each. A row without a name is not sent. */
export function HeadersField({ id, label, value, complaint, onChange }: HeadersFieldProps) {
  const [rows, setRows] = useState<readonly Row[]>(typeof value === "object" ? Object.entries(value) : []);
  const [revealed, setRevealed] = useState(false);
  const change = (next: readonly Row[]) => {
    setRows(next);
    const named = next.filter(([name]) => name.trim() !== "").map(([name, text]) => [name.trim(), text]);
    onChange(named.length > 0 ? Object.fromEntries(named) : undefined);
  };
  const put = (place: number, row: Row) => change(rows.map((one, at) => (at === place ? row : one)));
  return (
    <div class="field" role="group" aria-labelledby={id}>
      <span class="label" id={id}>
        {label}
        <span class="hint"> (optional)</span>
      </span>
      {rows.map(([name, text], place) => (
        <div key={place} class="header-row">
          <input
            aria-label={`Name of header ${place + 1}`}
            placeholder="X-Team"
            autocomplete="off"
            spellcheck={false}
            value={name}
            onInput={(event) => put(place, [event.currentTarget.value, text])}
          />
          <input
            aria-label={`Value of header ${place + 1}`}
            type={revealed ? "text" : "password"}
            autocomplete="off"
            spellcheck={false}
            value={text}
            onInput={(event) => put(place, [name, event.currentTarget.value])}
          />
          <button
            type="button"
            class="quiet"
            aria-label={`Remove header ${place + 1}`}
            onClick={() => change(rows.filter((_, at) => at !== place))}
          >
            ✕
          </button>
        </div>
      ))}
      <div class="buttons tight">
        <button type="button" class="small" onClick={() => setRows([...rows, ["", ""]])}>
          Add a header
        </button>
        {rows.length > 0 && (
          <button type="button" class="small" aria-pressed={revealed} onClick={() => setRevealed(!revealed)}>
            {revealed ? "Hide the values" : "Reveal the values"}
          </button>
        )}
      </div>
      {complaint && <p class="complaint">{`${label}: ${complaint}`}</p>}
    </div>
  );
}
