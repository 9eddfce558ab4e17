import type { Destination, EncodedEvent, GenerationBlocks } from "@tracecast/core";

/** An encoded event, with the bytes of all its pieces. */
export interface Encoded {
  readonly encoded: EncodedEvent;
  readonly bytes: number;
}

/** What tells the views of destinations that redact nothing apart. */
export interface Visibility {
  readonly isPrivate: boolean;
  readonly blocks: GenerationBlocks;
}

/** What the destinations of one type have encoded. */
export interface TypeEncodings {
  /** What another destination of the type has made of an event, in the same view. */
  find(position: number, view: Visibility): Encoded | undefined;
  /** Keeps an encoding for the others, if there are any. */
  keep(position: number, view: Visibility, encoded: Encoded): void;
  /** The destination needs it no more. */
  leave(): void;
}

const maxBytes = 32 * 1024 * 1024;

/**
 * The latest encodings, so that destinations of one type that may see the same have each event encoded once. A destination that lags far
 * behind the others makes its own again.
 */
export class SharedEncodings {
  readonly #types = new Map<Destination, { users: number; readonly latest: Latest }>();

  /** Lets one more destination of a type take part. */
  join(type: Destination): TypeEncodings {
    const shared = this.#types.get(type) ?? { users: 0, latest: new Latest() };
    this.#types.set(type, shared);
    shared.users += 1;
    return {
      find: (position, view) => shared.latest.take(keyOf(position, view)),
      keep: (position, view, encoded) => {
        if (shared.users > 1) shared.latest.add(keyOf(position, view), encoded, shared.users - 1);
      },
      leave: () => {
        shared.users -= 1;
        if (shared.users === 0) this.#types.delete(type);
      },
    };
  }
}

/** One number for an event in a view: what a destination sees of it is a matter of four switches. */
function keyOf(position: number, { isPrivate, blocks }: Visibility): number {
  const switches = [isPrivate, blocks.cost, blocks.identity, blocks.requestContext];
  return switches.reduce((key, isOn) => key * 2 + Number(isOn), position);
}

/** Encodings by event and view, until all have taken them; the oldest are given up when there are too many bytes of them. */
class Latest {
  readonly #encodings = new Map<number, { readonly encoded: Encoded; takers: number }>();
  #bytes = 0;

  take(key: number): Encoded | undefined {
    const kept = this.#encodings.get(key);
    if (!kept) return undefined;
    kept.takers -= 1;
    if (kept.takers === 0) this.#remove(key, kept.encoded);
    return kept.encoded;
  }

  add(key: number, encoded: Encoded, takers: number): void {
    const before = this.#encodings.get(key);
    if (before) this.#remove(key, before.encoded);
    this.#encodings.set(key, { encoded, takers });
    this.#bytes += encoded.bytes;
    for (const [oldest, kept] of this.#encodings) {
      if (this.#bytes <= maxBytes) return;
      this.#remove(oldest, kept.encoded);
    }
  }

  #remove(key: number, { bytes }: Encoded): void {
    this.#encodings.delete(key);
    this.#bytes -= bytes;
  }
}
