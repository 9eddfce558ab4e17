import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../src/clock.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  #sleepers: Sleeper[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, wake: () => void): () => void {
    const sleeper = { dueMs: this.#nowMs + ms, wake };
    this.#sleepers.push(sleeper);
    return () => (this.#sleepers = this.#sleepers.filter((other) => other !== sleeper));
  }

  /** Moves time on, waking sleepers in order, and lets everything they set off come to rest. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await turns();
    for (let next = this.#nextDue(untilMs); next; next = this.#nextDue(untilMs)) {
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.wake();
      await turns();
    }
    this.#nowMs = untilMs;
  }

  #nextDue(untilMs: number): Sleeper | undefined {
    return this.#sleepers.filter(({ dueMs }) => dueMs <= untilMs).toSorted((a, b) => a.dueMs - b.dueMs)[0];
  }
}

/** Lets everything that is ready run, over several turns of the event loop. */
export async function turns(count = 12): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}
