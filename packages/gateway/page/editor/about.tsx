import type { TypeView } from "../api.ts";

/** Where a type is documented, and what of a trace it has no place for. */
export function About({ type }: { readonly type: TypeView }) {
  const fieldsOf = new Map<string, readonly string[]>();
  for (const { field, reason } of type.not_carried)
    fieldsOf.set(reason, [...(fieldsOf.get(reason) ?? []), field]);
  return (
    <>
      {type.docs_url && (
        <p class="lead">
          <a href={type.docs_url} rel="noreferrer">
            What {type.name} says about it
          </a>
        </p>
      )}
      {fieldsOf.size > 0 && (
        <details class="lost">
          <summary>What {type.name} does not show</summary>
          <ul>
            {[...fieldsOf].map(([reason, fields]) => (
              <li key={reason}>
                {reason} <code>{fields.join(", ")}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
