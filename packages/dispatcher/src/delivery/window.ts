import { backoffMs } from "./backoff.ts";

const startLimit = 2;
const maxLimit = 16;
const failuresToOpen = 5;

/**
 * How hard one destination may be pressed. The number of attempts at a time grows while answers are as quick as usual and halves
 * when one fails. After a failure nothing is sent for a while that doubles with every further one; after five in a row the circuit
 * is open: one probe at a time, until one is answered.
 */
export class DeliveryWindow {
  #limit = startLimit;
  #quick = 0;
  #usualMs: number | undefined;
  #failures = 0;
  #lastFailureMs = -Infinity;
  #notBeforeMs = 0;

  /** How many attempts may be under way at once. */
  get limit(): number {
    return this.#limit;
  }

  /** When the next attempt may start, in epoch milliseconds. */
  get notBeforeMs(): number {
    return this.#notBeforeMs;
  }

  get circuit(): "closed" | "open" {
    return this.#failures >= failuresToOpen ? "open" : "closed";
  }

  /** An attempt was answered after `durationMs`. */
  succeeded(durationMs: number): void {
    if (this.circuit === "open") this.#limit = startLimit;
    this.#failures = 0;
    const usualMs = this.#usualMs ?? durationMs;
    this.#usualMs = usualMs * 0.8 + durationMs * 0.2;
    this.#quick = durationMs <= usualMs * 2 ? this.#quick + 1 : 0;
    if (this.#quick < this.#limit) return;
    this.#quick = 0;
    this.#limit = Math.min(this.#limit + 1, maxLimit);
  }

  /**
   * An attempt failed and will be made again. Answers how long to wait, in milliseconds. Attempts that ran side by side and
   * failed together count as one failure.
   */
  failed(startedMs: number, nowMs: number, random: number, retryAfterMs = 0): number {
    const sameTrouble = startedMs < this.#lastFailureMs;
    if (!sameTrouble) this.#failures += 1;
    this.#limit = this.circuit === "open" ? 1 : Math.max(1, sameTrouble ? this.#limit : this.#limit >> 1);
    this.#quick = 0;
    this.#lastFailureMs = nowMs;
    const delayMs = backoffMs(this.#failures, random, retryAfterMs);
    this.#notBeforeMs = Math.max(sameTrouble ? this.#notBeforeMs : 0, nowMs + delayMs);
    return this.#notBeforeMs - nowMs;
  }

  /** Forgets all trouble: settings were mended, or a person says it is over. */
  reset(): void {
    this.#failures = 0;
    this.#notBeforeMs = 0;
    this.#limit = startLimit;
  }
}
