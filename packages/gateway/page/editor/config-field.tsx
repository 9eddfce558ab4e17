import { useState } from "preact/hooks";
import type { ConfigValue, FormField } from "../api.ts";
import { Check, Field } from "../shell/field.tsx";
import type { FieldTies } from "../shell/field.tsx";
import { HeadersField } from "./headers-field.tsx";

/** What a config field needs. */
export interface ConfigFieldProps {
  readonly field: FormField;
  readonly value: ConfigValue | undefined;
  /** What the gateway keeps, as it is shown: masked where it is secret. */
  readonly stored: ConfigValue | undefined;
  readonly complaint: string | undefined;
  readonly onChange: (value: ConfigValue | undefined) => void;
}

/** One setting of a destination, by what its type says of it. */
export function ConfigField(props: ConfigFieldProps) {
  const { field, value, stored, complaint, onChange } = props;
  const id = `config-${field.name}`;
  if (field.kind === "object")
    return (
      <HeadersField id={id} label={field.label} value={value} complaint={complaint} onChange={onChange} />
    );
  if (field.kind === "boolean")
    return (
      <Check
        id={id}
        label={field.label}
        {...(field.description !== undefined && { hint: field.description })}
        checked={(value ?? field.defaultValue) === true}
        onChange={onChange}
      />
    );
  const isKept = field.secret && stored !== undefined && value === stored;
  const fallback = field.defaultValue === undefined ? "" : String(field.defaultValue);
  const hints = [
    field.description,
    fallback !== "" && !field.options && `Default: ${fallback}`,
    isKept && "Kept as it is; type to replace it.",
  ];
  return (
    <Field
      id={id}
      label={field.label}
      optional={!field.required}
      hint={hints.filter(Boolean).join(" ")}
      complaint={complaint}
    >
      {(ties) => <Input {...props} ties={ties} isKept={isKept} />}
    </Field>
  );
}

type InputProps = ConfigFieldProps & { readonly ties: FieldTies; readonly isKept: boolean };

function Input({ field, value, onChange, ties, isKept }: InputProps) {
  const [revealed, setRevealed] = useState(false);
  const text = typeof value === "object" ? "" : String(value ?? "");
  if (field.options)
    return (
      <select
        {...ties}
        value={text || String(field.defaultValue ?? "")}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {field.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  const shared = {
    ...ties,
    autocomplete: "off",
    spellcheck: false,
    required: field.required,
    placeholder: String(field.defaultValue ?? ""),
    value: text,
  };
  const changed = (written: string) => {
    if (written === "") return onChange(undefined);
    onChange(field.kind === "number" ? Number(written) : written);
  };
  const told = (event: { readonly currentTarget: { readonly value: string } }) =>
    changed(event.currentTarget.value);
  // A masked value is replaced as a whole; editing inside it would save nonsense.
  const focused = (event: { readonly currentTarget: { select(): void } }) =>
    isKept && event.currentTarget.select();
  const isHidden = field.secret && !revealed;
  const input = field.multiline ? (
    <textarea {...shared} rows={4} class={isHidden ? "hidden-text" : ""} onFocus={focused} onInput={told} />
  ) : (
    <input
      {...shared}
      type={isHidden ? "password" : field.kind === "number" ? "number" : "text"}
      step="any"
      onFocus={focused}
      onInput={told}
    />
  );
  if (!field.secret) return input;
  return (
    <div class="with-button">
      {input}
      <button
        type="button"
        aria-pressed={revealed}
        aria-label={`Reveal ${field.label}`}
        onClick={() => setRevealed(!revealed)}
      >
        {revealed ? "Hide" : "Reveal"}
      </button>
    </div>
  );
}
