import { useEffect, useRef, useState } from "preact/hooks";
import { ask, own } from "../api.ts";
import type { ConfigValue, TestResult } from "../api.ts";
import { Field } from "../shell/field.tsx";
import { letGo, useLeaveGuard } from "../shell/leave-guard.ts";
import { complaintsIn } from "./complaints.ts";
import { ConfigField } from "./config-field.tsx";
import type { Origin } from "./destination-editor.tsx";
import { About } from "./about.tsx";
import { bodyOf, policyOf } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { DryRunPreview } from "./dry-run.tsx";
import { GenerationFields, PolicyFields } from "./policy-fields.tsx";
import { RedactionEditor } from "./redaction.tsx";
import { RulesBuilder } from "./rules-builder.tsx";
import { TestBar } from "./test-bar.tsx";
import type { TestBarProps } from "./test-bar.tsx";

/** The form of a destination. Saved is only what has passed its test as it stands. */
export function DestinationForm({ origin }: { readonly origin: Origin }) {
  const { type, id, readOnly } = origin;
  const [draft, setDraft] = useState(origin.draft);
  const { complaints, ...bar } = useTest(origin, draft);
  useLeaveGuard(JSON.stringify(draft) !== JSON.stringify(origin.draft));
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const submit = (event: Event) => {
    event.preventDefault();
    if (bar.isTested) bar.onSave();
  };
  return (
    <form onSubmit={submit} aria-labelledby="editor">
      <h1 id="editor">{id === undefined ? `Add ${type.name}` : origin.draft.name}</h1>
      <About type={type} />
      {readOnly && (
        <p class="notice">It is declared in the gateway’s config file or environment; change it there.</p>
      )}
      <fieldset disabled={readOnly} class="plain">
        <fieldset>
          <legend>Connection</legend>
          <Field id="name" label="Name" complaint={complaints.get("name")}>
            {(ties) => (
              <input
                {...ties}
                required
                value={draft.name}
                onInput={(event) => set({ name: event.currentTarget.value })}
              />
            )}
          </Field>
          {type.form.map((field) => (
            <ConfigField
              key={field.name}
              field={field}
              value={draft.config[field.name]}
              stored={origin.stored[field.name]}
              complaint={complaints.get(`config.${field.name}`)}
              onChange={(value) => set({ config: withSetting(draft.config, field.name, value) })}
            />
          ))}
        </fieldset>
        <PolicyFields draft={draft} complaints={complaints} workspace={origin.workspace} set={set} />
        <RulesBuilder
          rules={draft.filter_rules}
          complaints={complaints}
          onChange={(rules) => set({ filter_rules: rules })}
        />
        <DryRunPreview policy={policyOf(draft)} workspace={origin.workspace} />
        <RedactionEditor
          redaction={draft.redaction}
          complaints={complaints}
          onChange={(redaction) => set({ redaction })}
        />
        <GenerationFields draft={draft} set={set} />
      </fieldset>
      <TestBar {...bar} readOnly={readOnly} isSaved={id !== undefined} />
    </form>
  );
}

function withSetting(config: Draft["config"], name: string, value: ConfigValue | undefined) {
  const { [name]: _, ...rest } = config;
  return value === undefined ? rest : { ...config, [name]: value };
}

type Tested = Omit<TestBarProps, "readOnly" | "isSaved"> & {
  readonly onSave: () => void;
  readonly complaints: ReadonlyMap<string, string>;
};

/** Tests, saves and sends, one at a time; knows which values have passed. */
function useTest({ type, id, secretsOf, workspace }: Origin, draft: Draft): Tested {
  const [passed, setPassed] = useState<string>();
  const [busy, setBusy] = useState<TestBarProps["busy"]>();
  const [result, setResult] = useState<TestResult>();
  const running = useRef<AbortController>();
  const body = bodyOf(draft, secretsOf === undefined ? [] : type.form);
  const values = JSON.stringify(body);
  const isTested = passed === values;
  const complaints =
    result && !result.ok ? complaintsIn(result.message, type.form) : new Map<string, string>();
  // Whoever is told that something is wrong stands where it is.
  useEffect(() => {
    if (complaints.size > 0) document.querySelector<HTMLElement>("form [aria-invalid]")?.focus();
  }, [result]);

  const run = async (
    what: NonNullable<Tested["busy"]>,
    work: (signal: AbortSignal) => Promise<TestResult>,
  ) => {
    running.current = new AbortController();
    setBusy(what);
    setResult(undefined);
    try {
      setResult(await work(running.current.signal));
    } catch (error) {
      setResult({ ok: false, message: (error as Error).message });
    }
    setBusy(undefined);
  };
  const test = async (signal: AbortSignal) => {
    setPassed(undefined);
    const sent = { ...body, type: type.type, ...(secretsOf !== undefined && { id: secretsOf }) };
    const found = await ask<TestResult>("POST", `${own}/destinations/test`, sent, signal);
    if (found.ok) setPassed(values);
    return found;
  };
  const save = async () => {
    const made = {
      ...body,
      type: type.type,
      ...(secretsOf !== undefined && { copied_from: secretsOf }),
      ...(workspace !== undefined && { workspace_id: workspace }),
    };
    if (id === undefined) await ask("POST", `${own}/destinations`, made);
    else await ask("PATCH", `${own}/destinations/${id}`, body);
    letGo();
    location.hash = "#/";
    return { ok: true, message: "Saved." };
  };
  return {
    busy,
    result: complaints.size === 0 ? result : { ok: false, message: inShort(complaints.size) },
    isTested,
    isStale: passed !== undefined && !isTested,
    complaints,
    onTest: () => void run("testing", test),
    onSave: () => void run("saving", save),
    onSample: () => void run("sending", () => ask<TestResult>("POST", `${own}/destinations/${id}/sample`)),
    onCancel: () => running.current?.abort(),
  };
}

const inShort = (complaints: number): string =>
  complaints === 1
    ? "One setting does not fit; it is marked above."
    : `${complaints} settings do not fit; they are marked above.`;
