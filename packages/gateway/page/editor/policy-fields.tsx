import { Check, Field } from "../shell/field.tsx";
import type { Draft } from "./draft.ts";
import { KeyFilter } from "./key-filter.tsx";
import { Regions } from "./regions.tsx";

/** What a part of the form needs. */
export interface DraftPartProps {
  readonly draft: Draft;
  readonly complaints: ReadonlyMap<string, string>;
  readonly set: (change: Partial<Draft>) => void;
}

type PolicyFieldsProps = DraftPartProps & { readonly workspace: string | undefined };

/** Whether and which part of the traces a destination gets, and whether it sees what was said. */
export function PolicyFields({ draft, complaints, workspace, set }: PolicyFieldsProps) {
  return (
    <fieldset>
      <legend>What it gets</legend>
      <Check id="on" label="Enabled" checked={draft.enabled} onChange={(enabled) => set({ enabled })} />
      <Check
        id="privacy"
        label="Privacy Mode"
        hint="Prompts, answers and everything else with content are left out. Tokens, cost, timing and metadata still go."
        checked={draft.privacy_mode}
        onChange={(isPrivate) => set({ privacy_mode: isPrivate })}
      />
      <Field
        id="sampling"
        label="Sampling Rate"
        hint="Percent of all sessions. A session is in or out as a whole."
        complaint={complaints.get("sampling_rate")}
      >
        {(ties) => (
          <div class="with-unit">
            <input
              {...ties}
              type="number"
              min="0.01"
              max="100"
              step="0.01"
              required
              value={draft.percent}
              onInput={(event) => set({ percent: event.currentTarget.value })}
            />
            <span aria-hidden="true">%</span>
          </div>
        )}
      </Field>
      <KeyFilter
        keys={draft.keys}
        workspace={workspace}
        complaint={complaints.get("api_key_hashes") ?? complaints.get("excluded_api_key_hashes")}
        onChange={(keys) => set({ keys })}
      />
      <Regions chosen={draft.regions} onChange={(regions) => set({ regions })} />
    </fieldset>
  );
}

const blocks = [
  ["broadcast_generation_cost", "Cost", "What was charged, and what that depended on."],
  [
    "broadcast_generation_identity",
    "Identity",
    "Who called: application, key, user, and the ids of the request.",
  ],
  [
    "broadcast_generation_request_context",
    "Request context",
    "How the call was run: service tier, pictures and sounds, and the like.",
  ],
] as const;

/** Blocks that are added to each trace's metadata. */
export function GenerationFields({ draft, set }: Omit<DraftPartProps, "complaints">) {
  return (
    <fieldset>
      <legend>Generation data</legend>
      <p class="hint">
        Added to the metadata of each trace, in Privacy Mode too, but for the provider’s own words.
      </p>
      {blocks.map(([name, label, hint]) => (
        <Check
          key={name}
          id={name}
          label={label}
          hint={hint}
          checked={draft[name]}
          onChange={(isOn) => set({ [name]: isOn })}
        />
      ))}
    </fieldset>
  );
}
