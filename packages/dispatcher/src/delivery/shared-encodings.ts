import type { Destination, EncodedEvent } from "@tracecast/core";

/** An encoded event, with the bytes of all its pieces. */
export interface Encoded {
  readonly encoded: EncodedEvent;
  readonly bytes: number;
}

/** What the destinations of one type have encoded. */
export interface TypeEncodings {
  /** What another destination of the type has made of an event, in the same view. */
  find(position: number, isPrivate: boolean): Encoded | undefined;
  /** Keeps an encoding for the others, if there are any. */
  keep(position: number, isPrivate: boolean, encoded: Encoded): void;
  /** The destination needs it no more. */
  leave(): void;
}

const maxBytes = 32 * 1024 * 1024;

/**
 * The latest encodings, so that destinations of one type that may see the same have each event encoded once. A destination that lags far
 * behind the others makes its own again.
 */
export class SharedEncodings {
  readonly #types = new Map<
    Destination,
    { users: number; readonly full: Latest; readonly private: Latest }
  >();

  /** Lets one more destination of a type take part. */
  join(type: Destination): TypeEncodings {
    const shared = this.#types.get(type) ?? { users: 0, full: new Latest(), private: new Latest() };
    this.#types.set(type, shared);
    shared.users += 1;
    const latest = (isPrivate: boolean) => (isPrivate ? shared.private : shared.full);
    return {
      find: (position, isPrivate) => latest(isPrivate).take(position),
      keep: (position, isPrivate, encoded) => {
        if (shared.users > 1) latest(isPrivate).add(position, encoded, shared.users - 1);
      },
      leave: () => {
        shared.users -= 1;
        if (shared.users === 0) this.#types.delete(type);
      },
    };
  }
}

/** Encodings by position, until all have taken them; the oldest are given up when there are too many bytes of them. */
class Latest {
  readonly #encodings = new Map<number, { readonly encoded: Encoded; takers: number }>();
  #bytes = 0;

  take(position: number): Encoded | undefined {
    const kept = this.#encodings.get(position);
    if (!kept) return undefined;
    kept.takers -= 1;
    if (kept.takers === 0) this.#remove(position, kept.encoded);
    return kept.encoded;
  }

  add(position: number, encoded: Encoded, takers: number): void {
    const before = this.#encodings.get(position);
    if (before) this.#remove(position, before.encoded);
    this.#encodings.set(position, { encoded, takers });
    this.#bytes += encoded.bytes;
    for (const [oldest, kept] of this.#encodings) {
      if (this.#bytes <= maxBytes) return;
      this.#remove(oldest, kept.encoded);
    }
  }

  #remove(position: number, { bytes }: Encoded): void {
    this.#encodings.delete(position);
    this.#bytes -= bytes;
  }
}
