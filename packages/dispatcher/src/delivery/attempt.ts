import type { Batch, Connection, SendResult } from "@tracecast/core";
import type { Clock } from "../clock.ts";

const late = (timeoutMs: number): SendResult => ({
  outcome: { status: "retry", reason: `no answer within ${timeoutMs / 1000} s` },
});

/**
 * One try to send a batch. Always answers by value and never later than `timeoutMs`, or than `signal` says that nobody waits any more; also
 * where a destination's code throws or ignores its signal.
 */
export function attempt(
  connection: Connection,
  batch: Batch,
  options: { readonly clock: Clock; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<SendResult> {
  const { clock, timeoutMs, signal } = options;
  const giveUp = new AbortController();
  return new Promise((resolve) => {
    const answer = (result: SendResult) => {
      callOff();
      signal.removeEventListener("abort", tooLate);
      resolve(result);
    };
    const tooLate = () => {
      answer(late(timeoutMs));
      giveUp.abort();
    };
    const callOff = clock.after(timeoutMs, tooLate);
    signal.addEventListener("abort", tooLate);
    void send(connection, batch, giveUp.signal).then(answer);
    if (signal.aborted) tooLate();
  });
}

async function send(connection: Connection, batch: Batch, signal: AbortSignal): Promise<SendResult> {
  try {
    return await connection.send(batch, signal);
  } catch (error) {
    // Its message is left out: nobody promised that it holds no secret.
    return {
      outcome: {
        status: "retry",
        reason: `sending threw ${error instanceof Error ? error.name : "something"}`,
      },
    };
  }
}
