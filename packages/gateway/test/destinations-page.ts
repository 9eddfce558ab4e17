import type { Destination, FormField } from "@tracecast/core";

/** The page of destinations with its tables as the types have them. What a type was checked against is written by hand and stays. */
export function pageFor(types: readonly Destination[], page: string): string {
  const checkedAgainst = new Map(
    page.split("\n").flatMap((line) => {
      const [, type, said] = /^\| `([\w-]+)` \|.*\| ([^|]*) \|$/.exec(line) ?? [];
      return type !== undefined && said !== undefined && line.split(" | ").length === 4
        ? [[type, said] as const]
        : [];
    }),
  );
  return [
    ["types", typesTable(types, checkedAgainst)] as const,
    ["not carried", notCarriedTable(types)] as const,
  ].reduce((text, [name, table]) => withTable(text, name, table), page);
}

function withTable(page: string, name: string, table: string): string {
  const place = new RegExp(`(<!-- table: ${name} -->\n\n)(?:\\|.*\n)*`);
  if (!place.test(page)) throw new Error(`The page has no place for the table "${name}".`);
  return page.replace(place, (_, mark: string) => mark + table);
}

function typesTable(types: readonly Destination[], checkedAgainst: ReadonlyMap<string, string>): string {
  const rows = types.map(({ type, name, docsUrl, form }) => {
    const settings = form.filter((field) => field.name !== "headers").map(settingOf);
    return [
      `\`${type}\``,
      docsUrl === undefined ? name : `[${name}](${docsUrl})`,
      settings.join(", "),
      checkedAgainst.get(type) ?? "nothing",
    ];
  });
  return tableOf(["type", "goes to", "settings", "checked against"], rows);
}

function settingOf({ name, required, defaultValue }: FormField): string {
  if (required) return `\`${name}\``;
  const value = defaultValue ?? "optional";
  return `\`${name}\` (${value === "" ? "empty" : JSON.stringify(value).replaceAll(`"`, "")})`;
}

/** A row for each reason: several fields may share one. */
function notCarriedTable(types: readonly Destination[]): string {
  const rows = types.flatMap(({ type, notCarried }) => {
    const reasons = [...new Set(Object.values(notCarried))];
    return reasons.map((reason) => {
      const fields = Object.entries(notCarried).filter(([, why]) => why === reason);
      return [`\`${type}\``, fields.map(([field]) => `\`${field}\``).join(", "), reason];
    });
  });
  return tableOf(["type", "not carried", "why"], rows);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => ":--"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
