import { mergeRowBatch } from "braintrust/util";
import type { RawRow } from "./row-check.ts";

/** A row as it is kept. */
export type KeptRow = RawRow & { readonly created: string };

// On a merge, what a row was first written with stays.
const firstWriteWins = ["span_id", "root_span_id", "span_parents", "created"] as const;

/** Keeps rows as Braintrust documents it: a row of a known id replaces the old one, or is merged into it by the vendor's own function. */
export class RowStore {
  readonly #rows = new Map<string, KeptRow>();

  write(incoming: RawRow): void {
    const known = this.#rows.get(incoming.id);
    const row = structuredClone(incoming);
    const merged = known ? mergeRowBatch([structuredClone(known), row] as never)[0] : row;
    const kept: Record<string, unknown> = { created: new Date().toISOString(), ...(merged as object) };
    if (known && incoming["_is_merge"] === true)
      for (const field of firstWriteWins) kept[field] = known[field];
    delete kept["_is_merge"];
    this.#rows.set(incoming.id, kept as KeptRow);
  }

  /** In the order of first appearance. */
  list(): readonly KeptRow[] {
    return [...this.#rows.values()];
  }
}
