import { useState } from "preact/hooks";
import type { Redaction } from "../api.ts";
import { Field } from "../shell/field.tsx";

const detectors: readonly (readonly [name: string, label: string, hint: string])[] = [
  ["email", "E-mail addresses", "ada@example.com"],
  ["phone", "Telephone numbers", "+44 20 7946 0018"],
  ["card", "Payment cards", "with a right checksum"],
  ["iban", "Bank accounts (IBAN)", "with a right checksum"],
  ["ip", "IP addresses", "both versions"],
  ["key", "Keys and tokens", "API keys, JWTs, private keys"],
];

/** What is taken out of the traces before a destination sees them. */
export function RedactionEditor(props: {
  readonly redaction: Redaction;
  readonly complaints: ReadonlyMap<string, string>;
  readonly onChange: (redaction: Redaction) => void;
}) {
  const { redaction, complaints, onChange } = props;
  const [text, setText] = useState((redaction.paths ?? []).join("\n"));
  const chosen = redaction.detectors ?? [];
  const setPaths = (written: string) => {
    setText(written);
    const paths = written
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    onChange({ ...redaction, paths });
  };
  const objection = [...complaints].find(([name]) => name.startsWith("redaction.paths"))?.[1];
  return (
    <fieldset>
      <legend>Redaction</legend>
      <p class="hint">
        Taken out of prompts, answers and metadata before anything is sent. Rules still see the whole trace.
      </p>
      <div class="options columns-2" role="group" aria-label="What is looked for in texts">
        {detectors.map(([name, label, hint]) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              onChange={(event) => {
                const others = chosen.filter((one) => one !== name);
                onChange({
                  ...redaction,
                  detectors: event.currentTarget.checked ? [...others, name] : others,
                });
              }}
            />
            <span>
              {label} <span class="hint">{hint}</span>
            </span>
          </label>
        ))}
      </div>
      <Field
        id="redaction-paths"
        label="Fields"
        optional
        hint="Replaced as a whole, a path a line: input[*].content, trace.metadata.customer, **.password"
        complaint={objection}
      >
        {(ties) => (
          <textarea
            {...ties}
            rows={3}
            spellcheck={false}
            value={text}
            onInput={(event) => setPaths(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="options" role="radiogroup" aria-label="What stands in its place">
        <label>
          <input
            type="radio"
            name="replace-with"
            checked={redaction.replace_with !== "hash"}
            onChange={() => onChange({ ...redaction, replace_with: "mask" })}
          />
          <span>
            A mask <code>[email]</code>
          </span>
        </label>
        <label>
          <input
            type="radio"
            name="replace-with"
            checked={redaction.replace_with === "hash"}
            onChange={() => onChange({ ...redaction, replace_with: "hash" })}
          />
          <span>A hash: the same for the same value, so it can still be counted</span>
        </label>
      </div>
    </fieldset>
  );
}
