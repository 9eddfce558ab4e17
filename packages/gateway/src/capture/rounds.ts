import { setImmediate as nextTurn } from "node:timers/promises";

/** Something to do that does not reject. */
type Work = () => Promise<void>;

// So many are a few milliseconds of work, as a rule.
const enough = 8;
const pauseMs = 20;
// Who asks meanwhile does not wait longer than for this and the piece of work at hand.
const longestMs = 5;

/**
 * Does work in rounds: soon after the first has come, or as soon as there is enough of it. Whoever has just been answered has the processor
 * first, and work of one kind is quicker one after the other, while its code and data are at hand. It is done in the order in which it came.
 */
export class Rounds {
  #waiting: Work[] = [];
  #timer: NodeJS.Timeout | undefined;
  #done = Promise.resolve();

  /** Takes work. It is never begun in this turn of the event loop. */
  add(work: Work): void {
    this.#waiting.push(work);
    this.#timer ??= setTimeout(() => void this.begin(), pauseMs);
    if (this.#waiting.length === enough) setImmediate(() => void this.begin());
  }

  /** Begins a round of all that waits now, and resolves when everything that was taken is done. */
  begin(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const round = this.#waiting.splice(0);
    if (round.length > 0) this.#done = this.#done.then(() => doAll(round));
    return this.#done;
  }
}

async function doAll(round: readonly Work[]): Promise<void> {
  let restedMs = performance.now();
  for (const work of round) {
    await work();
    if (performance.now() - restedMs < longestMs) continue;
    await nextTurn();
    restedMs = performance.now();
  }
}
