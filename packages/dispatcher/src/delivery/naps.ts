import type { Clock } from "../clock.ts";

interface Nap {
  /** In epoch milliseconds. */
  readonly dueMs: number;
  readonly end: () => void;
}

/** Everything in a worker that waits for a time or for a change. A change stirs all of it, and each looks for itself what to do. */
export class Naps {
  readonly #clock: Clock;
  readonly #napping = new Set<Nap>();
  #longest = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Until when the longest nap lasts, in epoch milliseconds; 0 where nobody naps. */
  get longest(): number {
    return this.#longest;
  }

  /** Naps until a moment in epoch milliseconds, or the next stir; not at all if it is over already. */
  async until(dueMs: number, over: () => boolean): Promise<void> {
    if (over()) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        if (!this.#napping.delete(nap)) return;
        callOff?.();
        this.#longest = Math.max(0, ...[...this.#napping].map((other) => other.dueMs));
        resolve();
      };
      const nap: Nap = { dueMs, end };
      this.#napping.add(nap);
      this.#longest = Math.max(this.#longest, dueMs);
      const callOff = dueMs === Infinity ? undefined : this.#clock.after(dueMs - this.#clock.now(), end);
    });
  }

  stir(): void {
    for (const nap of this.#napping) nap.end();
  }
}
