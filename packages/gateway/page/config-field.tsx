import { useState } from "preact/hooks";
import type { ConfigValue, FormField } from "./api.ts";

/** What a config field needs. */
export interface ConfigFieldProps {
  readonly field: FormField;
  readonly value: ConfigValue | undefined;
  readonly onChange: (value: ConfigValue | undefined) => void;
}

/** One setting of a destination, by what its type says of it. */
export function ConfigField({ field, value, onChange }: ConfigFieldProps) {
  const id = `config-${field.name}`;
  const fallback = field.defaultValue;
  const hints = [
    field.description,
    fallback === undefined ? undefined : `Default: ${String(fallback) || "empty"}`,
  ];
  const hint = hints.filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>
        {field.label}
        {!field.required && <span class="hint"> (optional)</span>}
      </label>
      <Input id={id} field={field} value={value} onChange={onChange} hint={hint} />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

function Input({ id, field, value, onChange, hint }: ConfigFieldProps & { id: string; hint: string }) {
  const [revealed, setRevealed] = useState(false);
  const described = hint ? `${id}-hint` : undefined;
  if (field.kind === "object") return <Headers id={id} value={value} onChange={onChange} />;
  if (field.options)
    return (
      <select
        id={id}
        aria-describedby={described}
        value={typeof value === "string" ? value : String(field.defaultValue ?? "")}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {field.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    );
  const changed = (text: string) => {
    if (text === "") return onChange(undefined);
    onChange(field.kind === "number" ? Number(text) : text);
  };
  const input = (
    <input
      id={id}
      aria-describedby={described}
      type={field.secret && !revealed ? "password" : field.kind === "number" ? "number" : "text"}
      autocomplete="off"
      spellcheck={false}
      required={field.required}
      placeholder={String(field.defaultValue ?? "")}
      value={typeof value === "object" ? "" : (value ?? "")}
      onInput={(event) => changed(event.currentTarget.value)}
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

/** Texts by name, a line each: `Name: value`. */
function Headers({ id, value, onChange }: Omit<ConfigFieldProps, "field"> & { id: string }) {
  const given = typeof value === "object" ? value : {};
  const [text, setText] = useState(
    Object.entries(given)
      .map(([name, content]) => `${name}: ${content}`)
      .join("\n"),
  );
  const changed = (written: string) => {
    setText(written);
    const lines = written.split("\n").filter((line) => line.includes(":"));
    const pairs = lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
    });
    onChange(pairs.length > 0 ? Object.fromEntries(pairs) : undefined);
  };
  return (
    <textarea
      id={id}
      rows={2}
      spellcheck={false}
      placeholder="Name: value"
      value={text}
      onInput={(event) => changed(event.currentTarget.value)}
    />
  );
}
