/** Those who wait until everything up to a position is settled. */
export class Flushes {
  #waiting: { readonly position: number; readonly resolve: () => void }[] = [];

  add(position: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ position, resolve }));
  }

  /** Whether anybody waits for what stands at a position. */
  want(position: number): boolean {
    return this.#waiting.some((flush) => position <= flush.position);
  }

  /** Tells those who waited for what is done. */
  answer(isDone: (position: number) => boolean): void {
    for (const { position, resolve } of this.#waiting) if (isDone(position)) resolve();
    this.#waiting = this.#waiting.filter(({ position }) => !isDone(position));
  }
}
