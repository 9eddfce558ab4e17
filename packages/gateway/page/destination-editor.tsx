import { useEffect, useState } from "preact/hooks";
import { ask, own, standard } from "./api.ts";
import type { Config, DestinationView, FilterRules, TestResult, TypeView } from "./api.ts";
import { ConfigField } from "./config-field.tsx";
import { RulesBuilder } from "./rules-builder.tsx";

/** Which destination is edited: a saved one, or a new one of a type. */
export type EditorProps =
  | { readonly id: string; readonly typeName?: never }
  | { readonly typeName: string; readonly id?: never };

interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly privacy_mode: boolean;
  readonly percent: string;
  readonly hashes: string;
  readonly filter_rules: FilterRules | null;
  readonly config: Config;
}

const blank: Draft = {
  name: "",
  enabled: true,
  privacy_mode: false,
  percent: "100",
  hashes: "",
  filter_rules: null,
  config: {},
};

/** The form of a destination. Saved is only what has passed its test as it stands. */
export function DestinationEditor({ id, typeName }: EditorProps) {
  const [type, setType] = useState<TypeView>();
  const [draft, setDraft] = useState<Draft>();
  const [readOnly, setReadOnly] = useState(false);
  const [failure, setFailure] = useState("");
  useEffect(() => {
    const load = async () => {
      const { data: types } = await ask<{ data: readonly TypeView[] }>("GET", `${own}/destination-types`);
      const saved = id === undefined ? undefined : await savedDestination(id);
      const found = types.find((one) => one.type === (saved?.type ?? typeName));
      if (!found) throw new Error("There is no such type of destination.");
      setType(found);
      setReadOnly(saved?.read_only ?? false);
      setDraft(saved ? draftOf(saved) : { ...blank, name: found.name });
    };
    load().catch((error: unknown) => setFailure((error as Error).message));
  }, [id, typeName]);
  if (failure)
    return (
      <p role="alert" class="bad">
        {failure}
      </p>
    );
  if (!type || !draft)
    return (
      <p class="hint" aria-busy="true">
        Loading…
      </p>
    );
  return <Form type={type} id={id} draft={draft} readOnly={readOnly} onChange={setDraft} />;
}

async function savedDestination(id: string): Promise<DestinationView> {
  const path = `${standard}/observability/destinations/${encodeURIComponent(id)}`;
  return (await ask<{ data: DestinationView }>("GET", path)).data;
}

function draftOf(saved: DestinationView): Draft {
  return {
    name: saved.name,
    enabled: saved.enabled,
    privacy_mode: saved.privacy_mode,
    percent: String(Number((saved.sampling_rate * 100).toFixed(4))),
    hashes: (saved.api_key_hashes ?? []).join("\n"),
    filter_rules: saved.filter_rules,
    config: saved.config,
  };
}

interface FormProps {
  readonly type: TypeView;
  readonly id: string | undefined;
  readonly draft: Draft;
  readonly readOnly: boolean;
  readonly onChange: (draft: Draft) => void;
}

function Form({ type, id, draft, readOnly, onChange }: FormProps) {
  const [passed, setPassed] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<TestResult>();
  const values = JSON.stringify(draft.config);
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  const run = async (work: () => Promise<TestResult | undefined>) => {
    setBusy(true);
    setResult(undefined);
    try {
      setResult(await work());
    } catch (error) {
      setResult({ ok: false, message: (error as Error).message });
    } finally {
      setBusy(false);
    }
  };
  const test = () =>
    run(async () => {
      const body = { type: type.type, config: draft.config, ...(id !== undefined && { id }) };
      const found = await ask<TestResult>("POST", `${own}/destinations/test`, body);
      setPassed(found.ok ? values : undefined);
      return found;
    });
  const sample = () => run(() => ask<TestResult>("POST", `${own}/destinations/${id}/sample`));
  const save = () =>
    run(async () => {
      const body = bodyOf(draft);
      if (id === undefined) await ask("POST", `${own}/destinations`, { ...body, type: type.type });
      else await ask("PATCH", `${own}/destinations/${id}`, body);
      location.hash = "#/";
      return undefined;
    });
  const submit = (event: Event) => {
    event.preventDefault();
    void save();
  };
  const isTested = passed === values;
  return (
    <form onSubmit={submit} aria-labelledby="editor">
      <p>
        <a href="#/">← Observability</a>
      </p>
      <h1 id="editor">{id === undefined ? `Add ${type.name}` : draft.name}</h1>
      {type.docs_url && (
        <p class="lead">
          <a href={type.docs_url} rel="noreferrer">
            What {type.name} says about it
          </a>
        </p>
      )}
      {readOnly && (
        <p class="notice">It is declared in the gateway’s config file or environment; change it there.</p>
      )}
      <fieldset disabled={readOnly} class="plain">
        <fieldset>
          <legend>Connection</legend>
          <div class="field">
            <label for="name">Name</label>
            <input
              id="name"
              required
              value={draft.name}
              onInput={(event) => set({ name: event.currentTarget.value })}
            />
          </div>
          {type.form.map((field) => (
            <ConfigField
              key={field.name}
              field={field}
              value={draft.config[field.name]}
              onChange={(value) => {
                const { [field.name]: _, ...rest } = draft.config;
                set({ config: value === undefined ? rest : { ...draft.config, [field.name]: value } });
              }}
            />
          ))}
        </fieldset>
        <Policy draft={draft} set={set} />
        <RulesBuilder rules={draft.filter_rules} onChange={(rules) => set({ filter_rules: rules })} />
      </fieldset>
      <p role="status" class={result ? `result ${result.ok ? "good" : "bad"}` : "none"}>
        {result && `${result.ok ? "✓" : "✕"} ${result.message}`}
      </p>
      <div class="buttons">
        <button type="button" onClick={() => void test()} disabled={busy}>
          {busy ? "One moment…" : "Test Connection"}
        </button>
        {id !== undefined && (
          <button type="button" onClick={() => void sample()} disabled={busy}>
            Send test trace
          </button>
        )}
        <button
          type="submit"
          class="primary"
          disabled={!isTested || busy || readOnly}
          aria-describedby="save-hint"
        >
          Save
        </button>
        <span class="hint" id="save-hint">
          {readOnly || isTested ? "" : "Save opens when the connection test has passed."}
        </span>
      </div>
    </form>
  );
}

function Policy({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }) {
  return (
    <fieldset>
      <legend>What it gets</legend>
      <div class="field check">
        <input
          id="on"
          type="checkbox"
          checked={draft.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <label for="on">Enabled</label>
      </div>
      <div class="field check">
        <input
          id="privacy"
          type="checkbox"
          checked={draft.privacy_mode}
          aria-describedby="privacy-hint"
          onChange={(event) => set({ privacy_mode: event.currentTarget.checked })}
        />
        <label for="privacy">Privacy Mode</label>
        <p class="hint" id="privacy-hint">
          Prompts, answers and everything else with content are left out. Tokens, cost, timing and metadata
          still go.
        </p>
      </div>
      <div class="field">
        <label for="sampling">Sampling Rate (%)</label>
        <input
          id="sampling"
          type="number"
          min="0.01"
          max="100"
          step="0.01"
          required
          value={draft.percent}
          aria-describedby="sampling-hint"
          onInput={(event) => set({ percent: event.currentTarget.value })}
        />
        <p class="hint" id="sampling-hint">
          Whole sessions are in or out, never parts of one.
        </p>
      </div>
      <div class="field">
        <label for="keys">API Key Filter</label>
        <textarea
          id="keys"
          rows={2}
          spellcheck={false}
          value={draft.hashes}
          aria-describedby="keys-hint"
          onInput={(event) => set({ hashes: event.currentTarget.value })}
        />
        <p class="hint" id="keys-hint">
          SHA-256 of the keys whose traces it gets, one a line. Empty: all keys.
        </p>
      </div>
    </fieldset>
  );
}

function bodyOf({ name, enabled, privacy_mode, percent, hashes, filter_rules, config }: Draft) {
  const keys = hashes.split(/\s+/).filter(Boolean);
  return {
    name,
    enabled,
    privacy_mode,
    sampling_rate: Number(percent) / 100,
    api_key_hashes: keys.length > 0 ? keys : null,
    filter_rules,
    config,
  };
}
