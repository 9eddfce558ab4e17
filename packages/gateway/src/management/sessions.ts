import { createHash, randomBytes } from "node:crypto";

const lifetimeMs = 12 * 60 * 60_000;
const most = 1000;

/** The sign-ins of people at the settings page. They end with the gateway. */
export class Sessions {
  /** When each ends, in epoch milliseconds, by the SHA-256 of its id, so that no look-up tells anything of an id; oldest first. */
  readonly #ends = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins one. Answers with its id, which is all it takes to be signed in. */
  begin(): string {
    const id = randomBytes(32).toString("base64url");
    this.#ends.set(digestOf(id), this.#now() + lifetimeMs);
    for (const oldest of this.#ends.keys()) if (this.#ends.size > most) this.#ends.delete(oldest);
    return id;
  }

  /** Whether it has begun and not ended. */
  has(id: string | undefined): boolean {
    return id !== undefined && (this.#ends.get(digestOf(id)) ?? 0) > this.#now();
  }

  /** Ends one. */
  end(id: string | undefined): void {
    if (id !== undefined) this.#ends.delete(digestOf(id));
  }
}

const digestOf = (id: string): string => createHash("sha256").update(id).digest("base64");
