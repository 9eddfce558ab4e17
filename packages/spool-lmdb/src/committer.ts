import { Worker } from "node:worker_threads";
import type { RootDatabaseOptionsWithPath } from "lmdb";

/** A key of a store: a position, or a name in parts. */
export type StoreKey = number | readonly (string | number)[];

/** One change: bytes to be put under a key, or, without them, a key to be removed. */
export interface Write {
  readonly store: string;
  readonly key: StoreKey;
  readonly record?: Buffer;
}

/** What is sent to the thread: all records in one piece of memory that changes hands without being copied. */
export interface CommitRequest {
  readonly writes: readonly {
    readonly store: string;
    readonly key: StoreKey;
    readonly start?: number;
    readonly end?: number;
  }[];
  readonly bytes: ArrayBuffer;
}

/** What the thread answers. */
export interface CommitAnswer {
  readonly failure?: string;
}

/** Commits changes in a thread of its own, one group at a time, each of them whole and synced to disk or not at all. */
export class Committer {
  readonly #options: RootDatabaseOptionsWithPath;
  #thread: Worker | undefined;
  /** Hears the answer to what the thread was sent. */
  #answered: (answer: CommitAnswer) => void = () => undefined;

  constructor(options: RootDatabaseOptionsWithPath) {
    this.#options = options;
  }

  /** Resolves when the changes are on disk. Rejects when they are not, with the system's reason; none of them has then been made. */
  async commit(writes: readonly Write[]): Promise<void> {
    const request = requestOf(writes);
    const { failure } = await this.#ask((thread) => thread.postMessage(request, [request.bytes]));
    if (failure !== undefined) throw new Error(failure);
  }

  async close(): Promise<void> {
    if (!this.#thread) return;
    await this.#ask((thread) => thread.postMessage("close"));
    await this.#thread?.terminate();
  }

  /** Sends something to the thread and waits for its answer. A thread that died is replaced the next time. */
  async #ask(send: (thread: Worker) => void): Promise<CommitAnswer> {
    const thread = (this.#thread ??= this.#startThread());
    // It keeps the process alive only as long as it has something to write.
    thread.ref();
    try {
      return await new Promise<CommitAnswer>((resolve) => {
        this.#answered = resolve;
        send(thread);
      });
    } finally {
      thread.unref();
    }
  }

  #startThread(): Worker {
    const thread = new Worker(new URL("./commit-thread.js", import.meta.url), { workerData: this.#options });
    thread.on("message", (answer: CommitAnswer) => this.#answered(answer));
    // Whoever waits for an answer hears of an error; where nobody does, it must not end the process.
    const died = (failure: string) => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#answered({ failure });
    };
    thread.on("error", (error) => died(error.message));
    thread.on("exit", (code) => died(`the writing thread ended with code ${code}`));
    return thread;
  }
}

function requestOf(writes: readonly Write[]): CommitRequest {
  const size = writes.reduce((sum, { record }) => sum + (record?.length ?? 0), 0);
  const bytes = new ArrayBuffer(size);
  const all = Buffer.from(bytes);
  let end = 0;
  const described = writes.map(({ store, key, record }) => {
    if (!record) return { store, key };
    const start = end;
    end += record.copy(all, start);
    return { store, key, start, end };
  });
  return { writes: described, bytes };
}
