import type { Piece } from "@tracecast/core";
import type { RowPiece } from "./row-piece.ts";

const remembered = 10_000;

/**
 * Sees to it that a request without a trace name does not rename a shared root. The last write wins at Braintrust, so of the requests that
 * share a trace only the first nameless one that this connection sends may name its root after the model, and none after a request
 * that knew the name. What is sent again is sent the same.
 */
export class RootNames {
  /** By root row id: the text of the row that named it. Oldest first. */
  readonly #namedBy = new Map<string, string>();

  /** A row as it may be sent now. */
  settle(row: RowPiece): Piece {
    const { key, unnamed } = row;
    if (!key?.startsWith("tracecast-trace-")) return row;
    const { json } = row;
    const namedBy = this.#namedBy.get(key);
    if (unnamed !== undefined && namedBy !== undefined && namedBy !== json) return unnamed;
    this.#remember(key, json);
    return row;
  }

  #remember(key: string, json: string): void {
    this.#namedBy.delete(key);
    this.#namedBy.set(key, json);
    const [oldest] = this.#namedBy.keys();
    if (this.#namedBy.size > remembered && oldest !== undefined) this.#namedBy.delete(oldest);
  }
}
