// Writes to the store, away from the thread that serves requests: a commit waits for the disk. In JavaScript because a thread starts
// without the loader that reads TypeScript in tests.
import { parentPort, workerData } from "node:worker_threads";
import { open } from "lmdb";

/**
 * @import { CommitAnswer, CommitRequest } from "./committer.ts"
 * @import { Database } from "lmdb"
 */

const env = open(workerData);
/** @type {Map<string, Database<Buffer>>} */
const stores = new Map();

/**
 * @param {string} name
 * @returns {Database<Buffer>}
 */
function storeOf(name) {
  const store = stores.get(name) ?? env.openDB(name, { encoding: "binary" });
  stores.set(name, store);
  return store;
}

/** @param {CommitRequest} request */
function commit({ writes, bytes }) {
  const all = Buffer.from(bytes);
  const targets = writes.map(({ store }) => storeOf(store));
  env.transactionSync(() => {
    for (const [index, { key, start, end }] of writes.entries()) {
      const at = /** @type {import("lmdb").Key} */ (key);
      if (start === undefined) targets[index]?.removeSync(at);
      else targets[index]?.putSync(at, all.subarray(start, end));
    }
  });
}

/**
 * @param {CommitRequest | "close"} request
 * @returns {Promise<CommitAnswer>}
 */
async function answerTo(request) {
  try {
    if (request === "close") await env.close();
    else commit(request);
    return {};
  } catch (error) {
    return { failure: error instanceof Error ? error.message : "unknown" };
  }
}

parentPort?.on("message", (request) => {
  void answerTo(request).then((answer) => parentPort?.postMessage(answer));
});
