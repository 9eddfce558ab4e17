import type { Clock } from "../clock.ts";

// The longest a timer can wait.
const forever = 2 ** 31 - 1;

/** Everything in a worker that waits for a time or for a change. A change stirs all of it, and each looks for itself what to do. */
export class Naps {
  readonly #clock: Clock;
  readonly #napping = new Map<AbortController, number>();
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
    const controller = new AbortController();
    this.#napping.set(controller, dueMs);
    this.#longest = Math.max(this.#longest, dueMs);
    await this.#clock.sleep(Math.min(dueMs - this.#clock.now(), forever), controller.signal);
    this.#napping.delete(controller);
    this.#longest = Math.max(0, ...this.#napping.values());
  }

  stir(): void {
    for (const controller of this.#napping.keys()) controller.abort();
  }
}
