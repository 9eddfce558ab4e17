import type { DispatcherEmitter } from "@tracecast/dispatcher";
import { ApiError } from "./api-error.ts";

/** What is told to who watches: first what there is, then each trace that is new or got on, and now and then that nothing happened. */
export type News =
  | { readonly kind: "traces"; readonly json: readonly string[] }
  | { readonly kind: "trace"; readonly json: string }
  | { readonly kind: "nothing" };

/** A trace as it is told. */
export interface Told {
  readonly id: string;
  readonly json: string;
}

/** How often is looked, and how long nothing is said. */
export interface FeedPace {
  readonly lookMs: number;
  readonly quietMs: number;
}

interface Watcher {
  /** By id, the latest only: a slow reader is told less, and never has much waiting. */
  readonly pending: Map<string, string>;
  wake: () => void;
}

const maxWatchers = 25;
const ending = ["delivered", "rejected", "retried", "dropped", "removed", "configured"] as const;

/** Tells who watches about traces as they come and as they reach their destinations. While nobody watches, it does nothing. */
export class TraceFeed {
  readonly #look: () => readonly Told[];
  readonly #pace: FeedPace;
  readonly #watchers = new Set<Watcher>();
  readonly #closing = new AbortController();
  /** What was told last, by id. */
  #told: ReadonlyMap<string, string> = new Map();
  #looking: NodeJS.Timeout | undefined;

  /** @param look - reads what there is, oldest first */
  constructor(
    events: DispatcherEmitter,
    look: () => readonly Told[],
    pace: FeedPace = { lookMs: 200, quietMs: 15_000 },
  ) {
    this.#look = look;
    this.#pace = pace;
    for (const name of ending) events.on(name, () => this.#lookSoon());
  }

  /**
   * Watches until `signal` or {@link close} ends it.
   * @throws {@link ApiError} 503 where too many do
   */
  watch(signal: AbortSignal): AsyncGenerator<News> {
    if (this.#watchers.size >= maxWatchers)
      throw new ApiError(503, `${maxWatchers} pages watch already; close one, or reload this one later.`);
    const watcher: Watcher = { pending: new Map(), wake: () => {} };
    this.#watchers.add(watcher);
    this.#tellWhatIsNew();
    watcher.pending.clear();
    return this.#newsFor(watcher, AbortSignal.any([signal, this.#closing.signal]));
  }

  /** Ends every watch. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#looking);
  }

  async *#newsFor(watcher: Watcher, over: AbortSignal): AsyncGenerator<News> {
    try {
      yield { kind: "traces", json: [...this.#told.values()] };
      while (!over.aborted) {
        if (watcher.pending.size === 0) await stirred(watcher, over, this.#pace.quietMs);
        if (over.aborted) return;
        if (watcher.pending.size === 0) yield { kind: "nothing" };
        for (const [id, json] of watcher.pending) {
          watcher.pending.delete(id);
          yield { kind: "trace", json };
        }
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  #lookSoon(): void {
    if (this.#watchers.size === 0 || this.#looking || this.#closing.signal.aborted) return;
    this.#looking = setTimeout(() => {
      this.#looking = undefined;
      this.#tellWhatIsNew();
    }, this.#pace.lookMs);
    this.#looking.unref();
  }

  #tellWhatIsNew(): void {
    const before = this.#told;
    this.#told = new Map(this.#look().map(({ id, json }) => [id, json]));
    for (const [id, json] of this.#told) {
      if (before.get(id) === json) continue;
      for (const { pending } of this.#watchers) pending.set(id, json);
    }
    for (const { pending, wake } of this.#watchers) if (pending.size > 0) wake();
  }
}

/** Resolves when there is news, when the watch is over, or after `quietMs` milliseconds. */
function stirred(watcher: Watcher, over: AbortSignal, quietMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      over.removeEventListener("abort", done);
      watcher.wake = () => {};
      resolve();
    };
    const timer = setTimeout(done, quietMs);
    timer.unref();
    over.addEventListener("abort", done);
    watcher.wake = done;
  });
}
