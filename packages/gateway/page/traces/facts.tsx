import type { ComponentChildren } from "preact";

/** Names and values, one below the other. What is not known is left out. */
export function Facts({ facts }: { facts: Readonly<Record<string, unknown>> }) {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== "");
  if (known.length === 0) return <p class="hint">None.</p>;
  return (
    <dl class="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{shown(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function shown(value: unknown): ComponentChildren {
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "object" && value !== null && "props" in value) return value as ComponentChildren;
  return <code>{JSON.stringify(value)}</code>;
}
