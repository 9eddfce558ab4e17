import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";

/**
 * Passes a body on to the client piece by piece, as fast as the client takes it. `change` sees every piece before it goes and says what goes
 * in its place; `end` adds what is left. Rejects when the body breaks off, or is destroyed because the client went away.
 */
export function relay(
  body: Readable,
  response: ServerResponse,
  change: (chunk: Buffer) => Buffer,
  end: () => Buffer,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const drained = () => void body.resume();
    response.on("drain", drained);
    body.on("data", (chunk: Buffer) => {
      const out = change(chunk);
      if (out.length > 0 && !response.write(out)) body.pause();
    });
    body.once("error", reject);
    body.once("end", () => {
      response.off("drain", drained);
      const rest = end();
      if (rest.length > 0) response.write(rest);
      response.end(resolve);
    });
    // A client that goes away before the end never drains: the body's error, or this, ends the wait.
    response.once("close", () => {
      if (!response.writableFinished) reject(new Error("The client went away."));
    });
  });
}
