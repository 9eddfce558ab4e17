import type { IncomingMessage } from "node:http";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** What somebody is told who came with too many wrong keys. */
export const tooManyWrongKeys = "Too many wrong keys came from this address; wait a minute.";

/**
 * Slows down who guesses keys, of any kind: from one address ten wrong ones a minute get a proper answer. A right key is never slowed, for only wrong
 * ones are counted.
 */
export class WrongKeys {
  readonly #failures = new RateLimiterMemory({ points: 10, duration: 60 });

  /** Counts one. Where there were too many, answers in how many seconds to come again. */
  async count(request: IncomingMessage): Promise<number | undefined> {
    try {
      await this.#failures.consume(request.socket.remoteAddress ?? "unknown");
      return undefined;
    } catch (refusal) {
      return refusal instanceof RateLimiterRes ? Math.ceil(refusal.msBeforeNext / 1000) : 60;
    }
  }
}
