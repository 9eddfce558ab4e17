import type { FormField } from "../api.ts";

/**
 * What the gateway's objection says of single settings, by their names: those of a type's form as `config.apiKey`, all others as they are called on
 * the wire. What it says of nothing in particular is left out.
 * @param message - such as `Braintrust is not configured right: Api Key (apiKey) is required.`
 */
export function complaintsIn(message: string, form: readonly FormField[]): ReadonlyMap<string, string> {
  const complaints = new Map<string, string>();
  const put = (name: string, complaint: string) => {
    if (!complaints.has(name)) complaints.set(name, complaint);
  };
  const said = /: (.*?)\.?$/s.exec(message)?.[1] ?? "";
  for (const part of afterColon(said)) {
    const field = form.find(({ name, label }) => part.startsWith(`${label} (${name})`));
    if (field) {
      const rest = part.slice(`${field.label} (${field.name})`.length);
      put(`config.${field.name}`, rest.replace(/^\./, "").trim());
    }
    const [, path, complaint] = /^([a-z_]+(?:\.\w+)*): (.+)$/.exec(part) ?? [];
    if (path !== undefined && complaint !== undefined) put(path, complaint);
  }
  return complaints;
}

/** The parts of a sentence's list. Another sentence may stand before it: "Invalid configuration: Braintrust is not configured right: …". */
function afterColon(said: string): readonly string[] {
  const list = said.replace(/^.*? is not configured right: /s, "");
  return list.split("; ");
}
