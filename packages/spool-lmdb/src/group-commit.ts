import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { TracecastError } from "@tracecast/core";
import type { Write } from "./committer.ts";
import type { Store, StoreName } from "./store.ts";

/** Changes that are written together. */
export interface Group {
  readonly writes: readonly (Write & { readonly store: StoreName })[];
  /** They are on disk. */
  committed(): void;
  /** They are not; the next group is to hold them again. */
  failed(): void;
}

/** What a {@link GroupCommit} needs. */
export interface GroupCommitOptions {
  readonly store: Pick<Store, "commit">;
  /** Everything that has changed and is not yet on its way to disk. */
  readonly collect: () => Promise<Group>;
  readonly onTrouble: (sentence: string) => void;
  /** How long the disk rests after a group, in milliseconds: what comes meanwhile shares the next one, and the wait for the disk. */
  readonly restMs: number;
  /** How long to wait after a failure, in milliseconds. */
  readonly retryMs: number;
}

/**
 * Writes changes in groups, one group at a time: what comes while the disk is busy, or rests, goes together into the next. Nothing is written while
 * somebody's code runs; a failed group is tried again until it works.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #closing = false;
  /** Ends the rest that is under way. */
  #resting: AbortController | undefined;
  #changes = 0;
  #onDisk = 0;
  #running: Promise<void> | undefined;
  #failure: string | undefined;
  #failures = 0;
  #progress = deferred();

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Whether the last group could not be written. */
  get failing(): boolean {
    return this.#failure !== undefined;
  }

  /** Says that something has changed. */
  changed(): void {
    this.#changes += 1;
    this.#running ??= this.#run();
  }

  /** Resolves when every change so far is on disk. @throws `TracecastError` `SPOOL_FAILED` at the first failure. */
  async stored(): Promise<void> {
    const target = this.#changes;
    const failures = this.#failures;
    // Somebody waits: no more company is waited for.
    if (!this.failing) this.#resting?.abort();
    while (this.#onDisk < target) {
      await this.#progress.promise;
      if (this.#failures > failures) throw new TracecastError("SPOOL_FAILED", this.#failure ?? "");
    }
  }

  /** Writes what is left, trying once more where writing fails. @throws `TracecastError` `SPOOL_FAILED` where that fails too. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#resting?.abort();
    await this.#running;
    if (this.#onDisk < this.#changes && !(await this.#writeGroup()))
      throw new TracecastError("SPOOL_FAILED", this.#failure ?? "");
  }

  async #run(): Promise<void> {
    await nextTurn();
    while (this.#onDisk < this.#changes) {
      const written = await this.#writeGroup();
      if (this.#closing) break;
      const { restMs, retryMs } = this.#options;
      // A short rest keeps the process alive for what came meanwhile; a disk that takes nothing does not.
      await this.#rest(written ? restMs : retryMs, written);
    }
    this.#running = undefined;
  }

  /** Waits, unless there is hurry. */
  async #rest(ms: number, ref: boolean): Promise<void> {
    this.#resting = new AbortController();
    await wait(ms, undefined, { ref, signal: this.#resting.signal }).catch(() => undefined);
    this.#resting = undefined;
  }

  async #writeGroup(): Promise<boolean> {
    const { store, collect, onTrouble } = this.#options;
    const upTo = this.#changes;
    const group = await collect();
    try {
      await store.commit(group.writes);
      group.committed();
      this.#onDisk = upTo;
      if (this.#failure !== undefined) onTrouble("The spool can be written again.");
      this.#failure = undefined;
      return true;
    } catch (error) {
      group.failed();
      const reason = error instanceof Error ? error.message : "for a reason unknown";
      const first = this.#failure === undefined;
      this.#failure = `The spool cannot be written: ${reason}. Look at the disk's free space and the folder's permissions.`;
      this.#failures += 1;
      if (first) onTrouble(`${this.#failure} Until then events are held in memory.`);
      return false;
    } finally {
      const { resolve } = this.#progress;
      this.#progress = deferred();
      resolve();
    }
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => undefined as void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
