import type { SpanPiece } from "./span-piece.ts";

const remembered = 10_000;

/**
 * Sees to it that the root and the named spans that requests share are sent once. A far end may keep every span it is given, so that a root sent with
 * each request would stand there many times; another keeps the last, so that a request without a trace name would rename the root after its
 * model. What a request knew the name of replaces what was lent one.
 */
export class SharedSpans {
  /** By key: whether the span that is there was named. Oldest first. */
  readonly #there = new Map<string, boolean>();

  /** The spans of a batch that have to be sent, each once. */
  pick(pieces: readonly SpanPiece[]): readonly SpanPiece[] {
    const picked = new Map<string, SpanPiece>();
    for (const piece of pieces) {
      const key = piece.key ?? piece.json;
      const rival = picked.get(key);
      if (this.#isThere(key, piece) || (rival && !isBetter(piece, rival))) continue;
      picked.set(key, piece);
    }
    return [...picked.values()];
  }

  /** Says that spans have been delivered. */
  delivered(pieces: readonly SpanPiece[]): void {
    for (const { key, shared } of pieces) {
      if (key === undefined || shared === undefined) continue;
      this.#there.delete(key);
      this.#there.set(key, shared === "named");
    }
    for (const [key] of this.#there) {
      if (this.#there.size <= remembered) break;
      this.#there.delete(key);
    }
  }

  #isThere(key: string, { shared }: SpanPiece): boolean {
    const isNamed = this.#there.get(key);
    return isNamed !== undefined && (isNamed || shared === "unnamed");
  }
}

const isBetter = (piece: SpanPiece, rival: SpanPiece): boolean =>
  piece.shared === "named" && rival.shared === "unnamed";
