import { useEffect, useState } from "preact/hooks";
import { ask, inWorkspace, standard } from "../api.ts";
import type { KeyView } from "../api.ts";
import type { KeyChoice } from "./draft.ts";

const modes: readonly (readonly [KeyChoice["mode"], string])[] = [
  ["all", "All keys"],
  ["only", "Only these keys"],
  ["except", "All but these keys"],
];
const perPage = 100;

/** Which keys' traces a destination gets: chosen among those the gateway knows, or by their hash. */
export function KeyFilter(props: {
  readonly keys: KeyChoice;
  readonly workspace: string | undefined;
  readonly complaint: string | undefined;
  readonly onChange: (keys: KeyChoice) => void;
}) {
  const { keys, workspace, complaint, onChange } = props;
  const known = useKnownKeys(workspace);
  const strangers = keys.hashes.filter((hash) => !known.some((key) => key.hash === hash));
  const choices = [
    ...known.map(({ hash, name, label, disabled }) => ({
      hash,
      name: disabled ? `${name} (disabled)` : name,
      label,
    })),
    ...strangers.map((hash) => ({ hash, name: "Key without a name", label: `${hash.slice(0, 12)}…` })),
  ];
  const toggle = (hash: string, isChosen: boolean) => {
    const others = keys.hashes.filter((one) => one !== hash);
    onChange({ ...keys, hashes: isChosen ? [...others, hash] : others });
  };
  return (
    <fieldset class="plain field">
      <legend>API Key Filter</legend>
      <div class="options">
        {modes.map(([mode, words]) => (
          <label key={mode}>
            <input
              type="radio"
              name="key-mode"
              checked={keys.mode === mode}
              onChange={() => onChange({ ...keys, mode })}
            />
            {words}
          </label>
        ))}
      </div>
      {keys.mode !== "all" && (
        <>
          <ul class="key-list" aria-label="Keys">
            {choices.map(({ hash, name, label }) => (
              <li key={hash}>
                <label>
                  <input
                    type="checkbox"
                    checked={keys.hashes.includes(hash)}
                    onChange={(event) => toggle(hash, event.currentTarget.checked)}
                  />
                  <span>{name}</span>
                  <code>{label}</code>
                </label>
              </li>
            ))}
            {choices.length === 0 && <li class="hint">No key has a name here yet; add one by its hash.</li>}
          </ul>
          <HashEntry onAdd={(hash) => toggle(hash, true)} />
          {keys.mode === "only" && keys.hashes.length === 0 && (
            <p class="complaint">Choose at least one key, or all of them.</p>
          )}
        </>
      )}
      {complaint && <p class="complaint">{complaint}</p>}
    </fieldset>
  );
}

function HashEntry({ onAdd }: { readonly onAdd: (hash: string) => void }) {
  const [text, setText] = useState("");
  const hash = text.trim().toLowerCase();
  const isHash = /^[\da-f]{64}$/.test(hash);
  const add = () => {
    if (!isHash) return;
    onAdd(hash);
    setText("");
  };
  return (
    <>
      <label for="key-hash" class="minor">
        Another key, by its SHA-256
      </label>
      <div class="with-button">
        <input
          id="key-hash"
          class="mono"
          autocomplete="off"
          spellcheck={false}
          placeholder="64 hexadecimal digits"
          value={text}
          aria-invalid={hash !== "" && !isHash ? true : undefined}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            add();
          }}
        />
        <button type="button" disabled={!isHash} onClick={add}>
          Add
        </button>
      </div>
    </>
  );
}

/** All keys of the workspace that the gateway knows; none where it cannot be asked. */
function useKnownKeys(workspace: string | undefined): readonly KeyView[] {
  const [known, setKnown] = useState<readonly KeyView[]>([]);
  useEffect(() => {
    const load = async (offset: number): Promise<readonly KeyView[]> => {
      const path = `${standard}/keys?offset=${offset}${inWorkspace(workspace)}`;
      const { data } = await ask<{ data: readonly KeyView[] }>("GET", path);
      return data.length < perPage ? data : [...data, ...(await load(offset + perPage))];
    };
    load(0).then(setKnown, () => setKnown([]));
  }, [workspace]);
  return known;
}
